import type { Confirmation, ResetPassword } from "../types/auth.ts";
import { authError } from "./auth-error.ts";
import type { Backend, Exchange, Outgoing } from "./backend.ts";
import type { Deadline } from "./deadline.ts";
import { OnSwiftError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import { retryAfter } from "./rest-error.ts";

/**
 * The forgotten password. It speaks to the Auth service itself, because supabase-js would make the session
 * that the mailed token opens the app's own.
 */
export class Recovery {
  readonly #backend: Backend;
  /** Tokens already exchanged whose new password was refused: a token opens a session only once. */
  readonly #opened = new Map<string, string>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  request(email: string, options: CallOptions = {}): Promise<Confirmation> {
    return this.#backend.within(options, async (deadline) => {
      await this.#send(deadline, {
        method: "POST",
        path: "/recover",
        body: JSON.stringify({ email }),
      });
      return { message: "Password reset email sent" };
    });
  }

  reset({ token, newPassword }: ResetPassword, options: CallOptions = {}): Promise<Confirmation> {
    return this.#backend.within(options, async (deadline) => {
      const session = this.#opened.get(token) ?? (await this.#open(deadline, token));
      this.#opened.set(token, session);
      await this.#send(deadline, {
        method: "PUT",
        path: "/user",
        body: JSON.stringify({ password: newPassword }),
        token: session,
      });
      this.#opened.delete(token);
      // The change ended all other sessions; this one served its purpose.
      await this.#send(deadline, { method: "POST", path: "/logout?scope=global", token: session });
      return { message: "Password reset successful" };
    });
  }

  async #open(deadline: Deadline, token: string): Promise<string> {
    const body = JSON.stringify({ type: "recovery", token_hash: token });
    const answer = await this.#send(deadline, { method: "POST", path: "/verify", body });
    const session = (answer.body as { readonly access_token?: string } | null)?.access_token;
    if (session) return session;
    throw new OnSwiftError({
      code: "INVALID_RESET_TOKEN",
      status: 400,
      message: "The reset token is invalid or has expired.",
    });
  }

  async #send(deadline: Deadline, request: Outgoing): Promise<Exchange> {
    const answer = await this.#backend.send(deadline, {
      ...request,
      path: `/auth/v1${request.path}`,
      headers: { "x-supabase-api-version": "2024-01-01" },
    });
    if (answer.ok) return answer;
    throw authError(failureOf(answer), "newPassword", retryAfter(answer.headers));
  }
}

/** The Auth service's two ways to write an error, as one. */
function failureOf({ status, body }: Exchange) {
  const told = (typeof body === "object" && body !== null ? body : {}) as {
    readonly code?: unknown;
    readonly error_code?: string;
    readonly message?: string;
    readonly msg?: string;
    readonly weak_password?: { readonly reasons?: readonly string[] };
  };
  const code = typeof told.code === "string" ? told.code : told.error_code;
  return {
    status,
    code,
    message: told.message ?? told.msg ?? `HTTP status ${status}.`,
    reasons: told.weak_password?.reasons ?? [],
  };
}
