import type { Context } from "hono";
import type { Storage } from "./context.ts";
import { StorageError } from "./errors.ts";

/** Whoever a request comes from, as the database is told. */
export interface Caller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** What `owner_id` will say: the user, nobody for the service. */
  readonly owner: string | undefined;
}

const bearer = (header: string | undefined) => /^Bearer\s+(.+)$/i.exec(header ?? "")?.[1];
const roleName = /^[a-z_][a-z0-9_]*$/;

export async function callerOfToken(storage: Storage, token: string): Promise<Caller> {
  const claims = await storage.tokens.claims(token);
  const role = typeof claims.role === "string" && roleName.test(claims.role) ? claims.role : "anon";
  return { role, claims, token, owner: claims.sub };
}

/** The caller by its token. Without a valid one nothing goes on. */
export function requireCaller(storage: Storage, context: Context): Promise<Caller> {
  const token = bearer(context.req.header("authorization"));
  if (token === undefined) {
    throw new StorageError(
      400,
      "InvalidRequest",
      "headers must have required property 'authorization'",
    );
  }
  return callerOfToken(storage, token);
}

const nobody: Caller = { role: "anon", claims: { role: "anon" }, token: "", owner: undefined };

/** Where reading is open to all, a token that does not hold is none. */
export async function callerOrNobody(storage: Storage, context: Context): Promise<Caller> {
  const token = bearer(context.req.header("authorization"));
  if (token === undefined) return nobody;
  return callerOfToken(storage, token).catch(() => nobody);
}
