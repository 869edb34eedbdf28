import type { Context } from "hono";
import type { Auth } from "./context.ts";
import { AuthError, validationFailed } from "./errors.ts";
import type { Json, Origin } from "./shapes.ts";
import { findUserById, isBanned, type UserRow, userBanned } from "./users.ts";

export type Body = Json;

/** Reads the client's address from the gateway's header. Only the gateway can reach this service. */
export function originOf(context: Context): Origin {
  const ip = (context.req.header("x-forwarded-for") ?? "").split(",")[0]?.trim() ?? "";
  return { ip, userAgent: context.req.header("user-agent") ?? "" };
}

export async function bodyOf(context: Context): Promise<Body> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (body !== null && typeof body === "object" && !Array.isArray(body)) return body as Body;
  } catch {
    // Handled below, like every other body that is not an object.
  }
  throw new AuthError(400, "bad_json", "Could not parse request body as JSON");
}

export function text(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw validationFailed(`${name} must be a string`);
  return value;
}

export function object(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw validationFailed(`${name} must be an object`);
  }
  return value as Body;
}

/** Returns the redirect URL that the request asks for in its links. */
export const requestedRedirect = (context: Context): string | undefined =>
  context.req.query("redirect_to") ?? context.req.header("redirect_to");

export interface Session {
  readonly id: string;
  readonly created_at: Date;
  /** Whether the session started with an email link or code instead of a password. */
  readonly startedByMail: boolean;
  /** `aal2` once it was verified with a second factor. */
  readonly aal: string | null;
}

export interface Bearer {
  readonly user: UserRow;
  readonly session: Session;
}

/** Returns user and session of the access token. Throws when either no longer exists or the user is banned. */
export async function requireUser(auth: Auth, context: Context): Promise<Bearer> {
  const { sub, session_id } = await auth.signer.verify(bearerToken(context));
  if (!sub) throw new AuthError(403, "bad_jwt", "invalid claim: missing sub claim");
  if (!isUuid(sub)) throw new AuthError(403, "bad_jwt", "invalid claim: sub claim must be a UUID");
  const user = await findUserById(auth.sql, sub);
  if (user === undefined) {
    throw new AuthError(403, "user_not_found", "User from sub claim in JWT does not exist");
  }
  if (isBanned(user)) throw userBanned(403);
  const sessionId = typeof session_id === "string" ? session_id : "";
  const [session] = isUuid(sessionId)
    ? await auth.sql<Session[]>`
        select id, created_at, aal::text,
          exists (
            select from auth.mfa_amr_claims as a
            where a.session_id = s.id and a.authentication_method in ('otp', 'recovery', 'magiclink')
          ) as "startedByMail"
        from auth.sessions as s where id = ${sessionId} and user_id = ${sub}`
    : [];
  if (session === undefined) throw sessionNotFound();
  return { user, session };
}

export const sessionNotFound = (): AuthError =>
  new AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist");

/** Throws unless the bearer token has a service role. */
export async function requireAdmin(auth: Auth, context: Context): Promise<void> {
  const { role } = await auth.signer.verify(bearerToken(context));
  if (role !== "service_role" && role !== "supabase_admin") {
    throw new AuthError(403, "not_admin", "User not allowed");
  }
}

function bearerToken(context: Context): string {
  const [scheme, token] = (context.req.header("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token) {
    throw new AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token");
  }
  return token;
}

export const isUuid = (value: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);
