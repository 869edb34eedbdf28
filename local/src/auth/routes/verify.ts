import { type Context, Hono } from "hono";
import type { TransactionSql } from "postgres";
import { confirmEmail } from "../accounts.ts";
import type { Auth, Origin } from "../context.ts";
import { AuthError, validationFailed } from "../errors.ts";
import { consumeToken, pkcePrefix, type TokenKind, tokenHash } from "../one-time.ts";
import { issueCode } from "../pkce.ts";
import { allowedRedirect } from "../redirects.ts";
import { bodyOf, originOf, text } from "../request.ts";
import { openSession, type TokenResponse } from "../sessions.ts";
import { isBanned, normalizeEmail, type UserRow, userBanned } from "../users.ts";
import { moveTo } from "./user.ts";

const kinds: Readonly<Record<string, readonly TokenKind[]>> = {
  signup: ["confirmation_token"],
  invite: ["confirmation_token"],
  email: ["confirmation_token", "recovery_token"],
  recovery: ["recovery_token"],
  magiclink: ["recovery_token"],
  email_change: ["email_change_token_new", "email_change_token_current"],
};

const linkExpired = "Email link is invalid or has expired";
const codeExpired = "Token has expired or is invalid";

/** Proof of an address: a code typed into an app (POST), or a link followed from a mail (GET). */
export function verifyRoutes(auth: Auth): Hono {
  const limit = auth.settings.config.auth.rate_limit.token_verifications;
  return new Hono()
    .post("/verify", async (context) => {
      const origin = originOf(context);
      auth.limits.take("verify", origin.ip, limit);
      const body = await bodyOf(context);
      const type = text(body, "type") ?? "";
      const proof = proofOf(text(body, "token_hash"), text(body, "token"), text(body, "email"));
      const answer = await auth.sql.begin((tx) => accept(auth, tx, type, proof, origin));
      return context.json(answer as object);
    })
    .get("/verify", async (context) => {
      const origin = originOf(context);
      const redirectTo = allowedRedirect(auth.settings, context.req.query("redirect_to"));
      try {
        auth.limits.take("verify", origin.ip, limit);
        return context.redirect(await follow(auth, context, redirectTo, origin), 303);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        return context.redirect(withError(redirectTo, error), 303);
      }
    });
}

interface Proof {
  readonly hash: string;
  readonly message: string;
}

function proofOf(hash?: string, code?: string, email?: string): Proof {
  if (hash !== undefined) {
    if (code !== undefined || email !== undefined) {
      throw validationFailed("Only the token_hash and type should be provided");
    }
    return { hash, message: linkExpired };
  }
  if (code === undefined || email === undefined) {
    throw validationFailed("Verify requires a token and an email, or a token_hash");
  }
  return { hash: tokenHash(normalizeEmail(email), code), message: codeExpired };
}

/** Where a followed link leads: the app, with tokens in the fragment or a code in the query. */
async function follow(
  auth: Auth,
  context: Context,
  redirectTo: string,
  origin: Origin,
): Promise<string> {
  const type = context.req.query("type") ?? "";
  const hash = context.req.query("token") ?? context.req.query("token_hash") ?? "";
  if (hash === "") throw validationFailed("Verify requires a token or a token hash");
  const target = new URL(redirectTo);
  if (hash.startsWith(pkcePrefix)) {
    const code = await auth.sql.begin(async (tx) => {
      const user = await prove(auth, tx, type, { hash, message: linkExpired });
      return user === undefined ? undefined : issueCode(tx, user.id);
    });
    if (code === undefined) target.searchParams.set("message", otherLinkNeeded.msg);
    else target.searchParams.set("code", code as string);
    return target.href;
  }
  const proof = { hash, message: linkExpired };
  const answer = await auth.sql.begin((tx) => accept(auth, tx, type, proof, origin));
  target.hash =
    "access_token" in (answer as object)
      ? fragment(answer as TokenResponse, type)
      : String(new URLSearchParams({ message: otherLinkNeeded.msg }));
  return target.href;
}

function fragment(tokens: TokenResponse, type: string): string {
  return String(
    new URLSearchParams({
      access_token: tokens.access_token,
      expires_at: String(tokens.expires_at),
      expires_in: String(tokens.expires_in),
      refresh_token: tokens.refresh_token,
      token_type: "bearer",
      type,
    }),
  );
}

function withError(redirectTo: string, error: AuthError): string {
  const target = new URL(redirectTo);
  const about = new URLSearchParams({
    error: error.status < 500 ? "access_denied" : "server_error",
    error_code: error.code,
    error_description: error.message,
  });
  // Clients of either flow find it: in the query and in the fragment.
  for (const [name, value] of about) target.searchParams.set(name, value);
  target.hash = String(about);
  return target.href;
}

const otherLinkNeeded = {
  code: "200",
  msg: "Confirmation link accepted. Please proceed to confirm link sent to the other email",
};

async function accept(
  auth: Auth,
  tx: TransactionSql,
  type: string,
  proof: Proof,
  origin: Origin,
): Promise<TokenResponse | typeof otherLinkNeeded> {
  const user = await prove(auth, tx, type, proof);
  return user === undefined ? otherLinkNeeded : openSession(auth, tx, user, "otp", origin);
}

/** Takes the proof for what it proves. Nobody comes back when another address still has to confirm. */
async function prove(
  auth: Auth,
  tx: TransactionSql,
  type: string,
  { hash, message }: Proof,
): Promise<UserRow | undefined> {
  const wanted = kinds[type];
  if (wanted === undefined) throw validationFailed("Invalid verification type");
  const { user } = await consumeToken(auth, tx, wanted, hash, message);
  if (isBanned(user)) throw userBanned(403);
  if (type === "email_change") return changeAddress(auth, tx, user);
  if (user.email_confirmed_at === null) await confirmEmail(tx, user.id);
  return user;
}

async function changeAddress(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
): Promise<UserRow | undefined> {
  const needsBoth = auth.settings.config.auth.email.double_confirm_changes && Boolean(user.email);
  if (needsBoth && user.email_change_confirm_status === 0) {
    await tx`update auth.users set email_change_confirm_status = 1 where id = ${user.id}`;
    return undefined;
  }
  await moveTo(tx, user.id, user.email_change ?? "");
  return user;
}
