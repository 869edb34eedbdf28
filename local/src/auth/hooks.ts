import { randomUUID } from "node:crypto";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import type { Sql, TransactionSql } from "postgres";
import type { ProjectConfig } from "../config.ts";
import { AuthError, isOutage, unexpected } from "./errors.ts";
import { callEndpoint } from "./hook-endpoint.ts";
import type { Json } from "./shapes.ts";

type Config = ProjectConfig["auth"]["hook"];
type HookName = keyof Config;

const functionTimeout = "2s";
const requiredClaims = "aud exp iat sub email phone role aal session_id is_anonymous".split(" ");

/** The hook's decision about a password attempt. */
export interface PasswordVerdict {
  /** The reason why the attempt is rejected even if the password is right; absent if it is not rejected. */
  readonly rejection?: string;
  readonly shouldLogout: boolean;
}

/** Calls the project's Auth hooks: database functions or signed HTTP endpoints. */
export class Hooks {
  readonly #sql: Sql;
  readonly #config: Config;
  readonly #ownUrl: string;
  readonly #log: Logger;

  constructor(sql: Sql, config: Config, log: Logger, ownUrl: string) {
    this.#ownUrl = ownUrl;
    this.#sql = sql;
    this.#config = config;
    this.#log = log;
  }

  isEnabled(name: HookName): boolean {
    return this.#config[name].enabled;
  }

  /** Returns the claims of a token after the hook. Runs in the transaction that issues the token. */
  async customAccessToken(
    tx: TransactionSql,
    input: { user_id: string; claims: Json; authentication_method: string },
    ip: string,
  ): Promise<Json> {
    if (!this.isEnabled("custom_access_token")) return input.claims;
    const { claims } = (await this.#call("custom_access_token", input, ip, tx)) as {
      claims?: Json | null;
    };
    const missing = requiredClaims.filter((name) => (claims?.[name] ?? undefined) === undefined);
    if (!claims || missing.length > 0) {
      throw unexpected(
        `output claims do not conform to the expected schema: missing ${missing.join(", ")}`,
      );
    }
    return claims;
  }

  async beforeUserCreated(user: Json, ip: string): Promise<void> {
    if (this.isEnabled("before_user_created")) {
      await this.#call("before_user_created", { user }, ip);
    }
  }

  /** Runs in its own transaction, so that the hook's counters persist when the sign-in fails. */
  async passwordAttempt(userId: string, valid: boolean, ip: string): Promise<PasswordVerdict> {
    if (!this.isEnabled("password_verification_attempt")) return { shouldLogout: false };
    const input = { user_id: userId, valid };
    const verdict = await this.#call("password_verification_attempt", input, ip);
    if (verdict.decision !== "reject") return { shouldLogout: false };
    const message = typeof verdict.message === "string" ? verdict.message : "";
    return {
      rejection: message || "Further password verification attempts will be rejected.",
      shouldLogout: verdict.should_logout_user === true,
    };
  }

  /** Runs in its own transaction, like `passwordAttempt`. A rejection also ends every session of the user. */
  async factorAttempt(
    input: { user_id: string; factor_id: string; factor_type: string; valid: boolean },
    ip: string,
  ): Promise<{ readonly rejection?: string }> {
    if (!this.isEnabled("mfa_verification_attempt")) return {};
    const { decision, message } = await this.#call("mfa_verification_attempt", input, ip);
    if (decision !== "reject") return {};
    const given = typeof message === "string" ? message : "";
    return { rejection: given || "Further MFA verification attempts will be rejected." };
  }

  /** A database function runs in the transaction that stores the token, as upstream. */
  async sendEmail(tx: TransactionSql, user: Json, emailData: Json, ip: string): Promise<void> {
    await this.#call("send_email", { user, email_data: emailData }, ip, tx);
  }

  async #call(name: HookName, input: Json, ip: string, tx?: TransactionSql): Promise<Json> {
    const metadata = {
      uuid: randomUUID(),
      time: new Date().toISOString(),
      name: name.replaceAll("_", "-"),
      ip_address: ip,
    };
    const { uri, secrets } = this.#config[name];
    const payload = { metadata, ...input };
    const response = uri.startsWith("pg-functions://")
      ? await this.#callFunction(uri, payload, tx)
      : await callEndpoint(uri, secrets, payload, this.#ownUrl);
    const result = isObject(response) ? response : {};
    throwHookError(result);
    return result;
  }

  async #callFunction(uri: string, payload: Json, tx?: TransactionSql): Promise<unknown> {
    const [, schema = "", name = ""] = new URL(uri).pathname.split("/");
    const run = async (inner: TransactionSql) => {
      await inner`select set_config('statement_timeout', ${functionTimeout}, true)`;
      const [row] = await inner<{ result: unknown }[]>`
        select ${inner(schema)}.${inner(name)}(${inner.json(payload as never)}) as result`;
      await inner`reset statement_timeout`;
      return row?.result;
    };
    try {
      return await (tx === undefined ? this.#sql.begin(run) : run(tx));
    } catch (error) {
      if (isOutage(error)) throw error;
      const { message, code } = error as { message: string; code?: string };
      this.#log.error({ hook: uri, code, message }, "hook failed");
      throw unexpected(`Error running hook URI: ${uri}`);
    }
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws when the hook returned `{"error": {"http_code", "message"}}`. The client receives the message. */
function throwHookError({ error }: Json): void {
  if (!isObject(error) || typeof error.message !== "string" || error.message === "") return;
  const code = Number(error.http_code);
  const status = Number.isInteger(code) && code >= 400 && code <= 599 ? code : 500;
  throw new AuthError(
    status as ContentfulStatusCode,
    status === 500 ? "unexpected_failure" : "unknown",
    error.message,
  );
}
