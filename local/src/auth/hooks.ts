import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { Webhook } from "standardwebhooks";
import type { ProjectConfig } from "../config.ts";
import type { Database } from "./context.ts";
import { AuthError } from "./errors.ts";

type HookName = keyof ProjectConfig["auth"]["hook"];
type Json = Readonly<Record<string, unknown>>;

const limits = { bytes: 200 * 1024, total: 5000, attempts: 3, pause: 2000 };

/** Calls what the project hooked into Auth: functions of the database, or signed HTTP endpoints. */
export class Hooks {
  readonly #sql: Database;
  readonly #config: ProjectConfig["auth"]["hook"];

  constructor(sql: Database, config: ProjectConfig["auth"]["hook"]) {
    this.#sql = sql;
    this.#config = config;
  }

  isEnabled(name: HookName): boolean {
    return this.#config[name].enabled;
  }

  /** Claims for a token, as the hook wants them. Runs in the transaction that issues the token. */
  async customAccessToken(
    tx: TransactionSql,
    input: { user_id: string; claims: Json; authentication_method: string },
    ip: string,
  ): Promise<Json> {
    if (!this.isEnabled("custom_access_token")) return input.claims;
    const result = await this.#call("custom_access_token", input, ip, tx);
    const { claims } = result as { claims?: Json };
    const required = "aud exp iat sub email phone role aal session_id is_anonymous".split(" ");
    const missing = required.filter((name) => claims?.[name] === undefined);
    if (claims === undefined || missing.length > 0) {
      throw new AuthError(
        500,
        "unexpected_failure",
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

  /** Commits by itself, so that what the hook counts stays although the sign-in fails. */
  async passwordAttempt(userId: string, valid: boolean, ip: string): Promise<void> {
    if (!this.isEnabled("password_verification_attempt")) return;
    const input = { user_id: userId, valid };
    const { decision, message } = (await this.#call(
      "password_verification_attempt",
      input,
      ip,
    )) as { decision?: string; message?: string };
    if (decision === "reject") {
      const sentence = message || "Invalid login credentials";
      throw new AuthError(400, "invalid_credentials", sentence);
    }
  }

  async sendEmail(user: Json, emailData: Json, ip: string): Promise<void> {
    await this.#call("send_email", { user, email_data: emailData }, ip);
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
    const result = uri.startsWith("pg-functions://")
      ? await this.#callFunction(uri, payload, tx)
      : await callEndpoint(uri, secrets, payload);
    refuseOnError(result);
    return result;
  }

  async #callFunction(uri: string, payload: Json, tx?: TransactionSql): Promise<Json> {
    const [, schema = "", name = ""] = new URL(uri).pathname.split("/");
    const run = async (inner: TransactionSql) => {
      await inner`select set_config('statement_timeout', '2000', true)`;
      const [row] = await inner<{ result: Json }[]>`
        select ${inner(schema)}.${inner(name)}(${inner.json(payload as never)}) as result`;
      await inner`select set_config('statement_timeout', '0', true)`;
      return row?.result ?? {};
    };
    try {
      return tx === undefined
        ? ((await (this.#sql as import("postgres").Sql).begin(run)) as Json)
        : await run(tx);
    } catch (error) {
      console.error(error);
      throw new AuthError(500, "unexpected_failure", `Error running hook URI: ${uri}`);
    }
  }
}

function refuseOnError(result: Json): void {
  const { error } = result as { error?: { http_code?: number; message?: string } };
  if (error === undefined || error === null || !error.message) return;
  const status = (error.http_code ?? 500) as 400 | 429 | 500;
  const code = status === 429 ? "over_request_rate_limit" : "unexpected_failure";
  throw new AuthError(status, code, error.message);
}

async function callEndpoint(uri: string, secrets: string, payload: Json): Promise<Json> {
  const body = JSON.stringify(payload);
  const deadline = AbortSignal.timeout(limits.total);
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(uri, {
      method: "POST",
      headers: { "content-type": "application/json", ...signatures(secrets, body) },
      body,
      signal: deadline,
    }).catch((error) => {
      if (attempt < limits.attempts && !deadline.aborted) return undefined;
      console.error(error);
      throw new AuthError(500, "unexpected_failure", `Failed to reach hook: ${uri}`);
    });
    const wantsRetry =
      response === undefined ||
      ((response.status === 429 || response.status === 503) && response.headers.has("retry-after"));
    if (wantsRetry && attempt < limits.attempts) {
      await response?.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, limits.pause));
      continue;
    }
    return readAnswer(response as Response);
  }
}

async function readAnswer(response: Response): Promise<Json> {
  if (response.status === 204) return {};
  const text = await response.text();
  if (response.status !== 200 && response.status !== 202) {
    throw new AuthError(
      500,
      "unexpected_failure",
      `Unexpected status code returned from hook: ${response.status}`,
    );
  }
  if (text.length > limits.bytes) {
    throw new AuthError(500, "unexpected_failure", "Payload of the hook's answer is too large");
  }
  if (!(response.headers.get("content-type") ?? "").startsWith("application/json")) {
    throw new AuthError(500, "unexpected_failure", "Invalid Content-Type of the hook's answer");
  }
  return JSON.parse(text || "{}") as Json;
}

/** Standard Webhooks headers, one signature for each secret, so that secrets can be rotated. */
function signatures(secrets: string, body: string): Record<string, string> {
  const id = randomUUID();
  const at = new Date();
  const signed = secrets
    .split("|")
    .filter((secret) => secret.startsWith("v1,whsec_"))
    .map((secret) => new Webhook(secret.slice("v1,".length)).sign(id, at, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signed.join(", "),
  };
}
