import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { TransactionSql } from "postgres";
import { AuthError, validationFailed } from "./errors.ts";
import { type Body, text } from "./request.ts";

/** A PKCE code challenge. The client later proves with the verifier that it started the flow. */
export interface Challenge {
  readonly value: string;
  readonly method: "s256" | "plain";
}

export function readChallenge(body: Body): Challenge | undefined {
  const value = text(body, "code_challenge");
  const method = text(body, "code_challenge_method")?.toLowerCase();
  if (value === undefined && method === undefined) return undefined;
  if (value === undefined || (method !== "s256" && method !== "plain")) {
    throw validationFailed("PKCE flow requires code_challenge_method and code_challenge");
  }
  if (value.length < 43 || value.length > 128 || !/^[A-Za-z0-9._~-]+$/.test(value)) {
    throw validationFailed("code_challenge must be 43 to 128 unreserved characters");
  }
  return { value, method };
}

export async function saveChallenge(
  tx: TransactionSql,
  userId: string,
  challenge: Challenge,
  method: string,
): Promise<void> {
  await tx`
    insert into auth.flow_state (
      id, user_id, auth_code, code_challenge_method, code_challenge, provider_type,
      authentication_method, created_at, updated_at
    )
    values (
      ${randomUUID()}, ${userId}, ${randomUUID()}, ${challenge.method}, ${challenge.value}, ${method},
      ${method}, now(), now()
    )`;
}

const flowNotFound = () =>
  new AuthError(404, "flow_state_not_found", "invalid flow state, no valid flow state found");

/** Returns the code that a followed link passes to the client, for the newest open challenge. */
export async function issueCode(tx: TransactionSql, userId: string): Promise<string> {
  const [flow] = await tx<{ auth_code: string }[]>`
    update auth.flow_state
    set auth_code_issued_at = now(), updated_at = now()
    where id = (
      select id from auth.flow_state
      where user_id = ${userId} and auth_code_issued_at is null
      order by created_at desc limit 1
    )
    returning auth_code`;
  if (flow === undefined) throw flowNotFound();
  return flow.auth_code;
}

/** Exchanges a code and its verifier for the user it belongs to. A code works once, for 5 minutes. */
export async function redeemCode(
  tx: TransactionSql,
  code: string,
  verifier: string,
): Promise<{ readonly userId: string; readonly method: string }> {
  const [flow] = await tx<
    {
      user_id: string;
      code_challenge: string;
      code_challenge_method: string;
      authentication_method: string;
      isFresh: boolean;
    }[]
  >`
    delete from auth.flow_state where auth_code = ${code}
    returning user_id, code_challenge, code_challenge_method, authentication_method,
      auth_code_issued_at > now() - interval '5 minutes' as "isFresh"`;
  if (flow === undefined) throw flowNotFound();
  if (!flow.isFresh) {
    throw new AuthError(422, "flow_state_expired", "invalid flow state, flow state has expired");
  }
  const challenge =
    flow.code_challenge_method === "s256"
      ? createHash("sha256").update(verifier).digest("base64url")
      : verifier;
  if (!equalsInConstantTime(challenge, flow.code_challenge)) {
    throw new AuthError(
      400,
      "bad_code_verifier",
      "code challenge does not match previously saved code verifier",
    );
  }
  return { userId: flow.user_id, method: flow.authentication_method };
}

function equalsInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
