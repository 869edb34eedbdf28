import type { Confirmation, ResetPassword } from "../types/auth.ts";
import { onlyKeys } from "./arguments.ts";
import { authError } from "./auth-error.ts";
import * as authMessages from "./auth-messages.ts";
import type { Backend, BackendRequest, BackendResponse } from "./backend.ts";
import type { Deadline } from "./deadline.ts";
import { OnSwiftError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import { retryAfter } from "./rest-error.ts";

/**
 * Password recovery. Calls the Auth service directly, because supabase-js would sign the app in with the
 * session that the emailed token opens.
 */
export class PasswordRecovery {
  readonly #backend: Backend;
  /**
   * Sessions of reset tokens whose new password the Auth service rejected, by token. A token opens a session
   * only once, so the next attempt needs the same session.
   */
  readonly #sessions = new Map<string, string>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  request(account: { readonly email: string }, options: CallOptions = {}): Promise<Confirmation> {
    return this.#backend.within(options, async (deadline) => {
      const args = onlyKeys(account, "email");
      const email = await this.#backend.checkedEmail(deadline, "check_email", args, options);
      await this.#send(deadline, {
        method: "POST",
        path: "/recover",
        body: JSON.stringify({ email }),
      });
      return { message: "Password reset email sent" };
    });
  }

  reset(input: ResetPassword, options: CallOptions = {}): Promise<Confirmation> {
    return this.#backend.within(options, async (deadline) => {
      const { token, newPassword } = onlyKeys(input, "token", "newPassword");
      await this.#backend.check(deadline, "check_password_reset", { token, newPassword }, options);
      const session = this.#sessions.get(token) ?? (await this.#open(deadline, token));
      this.#sessions.set(token, session);
      await this.#send(deadline, {
        method: "PUT",
        path: "/user",
        body: JSON.stringify({ password: newPassword }),
        token: session,
      });
      this.#sessions.delete(token);
      // The change of the password ended all other sessions.
      await this.#send(deadline, { method: "POST", path: "/logout?scope=global", token: session });
      return { message: "Password reset successful" };
    });
  }

  async #open(deadline: Deadline, token: string): Promise<string> {
    const body = JSON.stringify({ type: "recovery", token_hash: token });
    const response = await this.#send(deadline, { method: "POST", path: "/verify", body });
    const session = (response.body as { readonly access_token?: string } | null)?.access_token;
    if (session) return session;
    throw new OnSwiftError({
      code: "INVALID_RESET_TOKEN",
      status: 400,
      message: authMessages.invalidResetToken,
    });
  }

  async #send(deadline: Deadline, request: BackendRequest): Promise<BackendResponse> {
    const response = await this.#backend.send(deadline, {
      ...request,
      path: `/auth/v1${request.path}`,
      headers: { "x-supabase-api-version": "2024-01-01" },
    });
    if (response.ok) return response;
    throw authError(failureOf(response), {
      passwordField: "newPassword",
      limitMessage: authMessages.tooManyResetEmails,
      retryAfter: retryAfter(response.headers),
    });
  }
}

/** Reads both error formats of the Auth service. */
function failureOf({ status, body }: BackendResponse) {
  const fields = (typeof body === "object" && body !== null ? body : {}) as {
    readonly code?: unknown;
    readonly error_code?: string;
    readonly message?: string;
    readonly msg?: string;
    readonly weak_password?: { readonly reasons?: readonly string[] };
  };
  const code = typeof fields.code === "string" ? fields.code : fields.error_code;
  return {
    status,
    code,
    message: fields.message ?? fields.msg ?? `HTTP status ${status}.`,
    reasons: fields.weak_password?.reasons ?? [],
  };
}
