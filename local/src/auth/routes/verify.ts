import { type Context, Hono } from "hono";
import type { TransactionSql } from "postgres";
import type { TokenResponse } from "../access-token.ts";
import { confirmEmail } from "../accounts.ts";
import type { Auth } from "../context.ts";
import { confirmEmailChange } from "../email-change.ts";
import { AuthError, isOutage, unexpected, validationFailed } from "../errors.ts";
import { consumeToken, pkcePrefix, type TokenKind, tokenHash } from "../one-time.ts";
import { issueCode } from "../pkce.ts";
import { allowedRedirect } from "../redirects.ts";
import { type Body, bodyOf, originOf, text } from "../request.ts";
import { openSession } from "../sessions.ts";
import type { Origin } from "../shapes.ts";
import { isBanned, normalizeEmail, type UserRow, userBanned } from "../users.ts";
import { withCode, withError, withMessage, withTokens } from "../verify-redirects.ts";

const tokenKinds: ReadonlyMap<string, readonly TokenKind[]> = new Map([
  ["signup", ["confirmation_token"]],
  ["invite", ["confirmation_token"]],
  ["email", ["confirmation_token", "recovery_token"]],
  ["recovery", ["recovery_token"]],
  ["magiclink", ["recovery_token"]],
  ["email_change", ["email_change_token_new", "email_change_token_current"]],
]);

const linkExpired = "Email link is invalid or has expired";
const codeExpired = "Token has expired or is invalid";
const otherLinkNeeded =
  "Confirmation link accepted. Please proceed to confirm link sent to the other email";

interface Proof {
  readonly type: string;
  readonly hash: string;
  /** Error message when the token is unknown or expired. */
  readonly message: string;
}

/** Verifies an address: by a code entered in an app (POST) or a link followed from an email (GET). */
export function verifyRoutes(auth: Auth): Hono {
  const limit = auth.settings.config.auth.rate_limit.token_verifications;
  return new Hono()
    .post("/verify", async (context) => {
      const origin = originOf(context);
      auth.limits.take("verify", origin.ip, limit);
      const proof = readProof(await bodyOf(context));
      const tokens = await auth.sql.begin((tx) => signIn(auth, tx, proof, origin));
      return context.json(tokens ?? { msg: otherLinkNeeded, code: "200" });
    })
    .get("/verify", async (context) => {
      const origin = originOf(context);
      const redirectTo = allowedRedirect(auth.settings, context.req.query("redirect_to"));
      const hash = context.req.query("token") ?? context.req.query("token_hash") ?? "";
      try {
        auth.limits.take("verify", origin.ip, limit);
        return context.redirect(await followLink(auth, context, hash, redirectTo, origin), 303);
      } catch (error) {
        const authError = error instanceof AuthError ? error : unexpected("Unexpected failure");
        if (authError !== error) {
          if (isOutage(error)) throw error;
          auth.log.error(
            { message: (error as Error).message },
            "following a verification link failed",
          );
        }
        return context.redirect(withError(redirectTo, authError, hash.startsWith(pkcePrefix)), 303);
      }
    });
}

function readProof(body: Body): Proof {
  const type = text(body, "type") ?? "";
  const [hash, code] = [text(body, "token_hash"), text(body, "token")];
  const email = text(body, "email");
  if (type === "") throw validationFailed("Verify requires a verification type");
  if ((hash === undefined) === (code === undefined)) {
    throw validationFailed("Verify requires either a token or a token hash");
  }
  if (hash !== undefined) {
    if (email !== undefined || text(body, "phone") !== undefined) {
      throw validationFailed("Only the token_hash and type should be provided");
    }
    return { type, hash, message: linkExpired };
  }
  if (email === undefined) {
    throw validationFailed("Only an email address or phone number should be provided on verify");
  }
  return { type, hash: tokenHash(normalizeEmail(email), code ?? ""), message: codeExpired };
}

/** Returns the app's URL that a link redirects to, with tokens in the fragment or a PKCE code in the query. */
async function followLink(
  auth: Auth,
  context: Context,
  hash: string,
  redirectTo: string,
  origin: Origin,
): Promise<string> {
  const type = context.req.query("type") ?? "";
  if (hash === "") throw validationFailed("Verify requires a token or a token hash");
  if (type === "") throw validationFailed("Verify requires a verification type");
  const proof = { type, hash, message: linkExpired };
  if (hash.startsWith(pkcePrefix)) {
    const code = await auth.sql.begin(async (tx) => {
      const user = await confirmAddress(auth, tx, proof);
      return user === undefined ? undefined : issueCode(tx, user.id);
    });
    return code === undefined
      ? withMessage(redirectTo, otherLinkNeeded, true)
      : withCode(redirectTo, code);
  }
  const tokens = await auth.sql.begin((tx) => signIn(auth, tx, proof, origin));
  return tokens === undefined
    ? withMessage(redirectTo, otherLinkNeeded, false)
    : withTokens(redirectTo, tokens, type);
}

async function signIn(
  auth: Auth,
  tx: TransactionSql,
  proof: Proof,
  origin: Origin,
): Promise<TokenResponse | undefined> {
  const user = await confirmAddress(auth, tx, proof);
  return user === undefined ? undefined : openSession(auth, tx, user.id, "otp", origin);
}

/** Consumes the token and confirms the address. Returns undefined when the other address must confirm too. */
async function confirmAddress(
  auth: Auth,
  tx: TransactionSql,
  { type, hash, message }: Proof,
): Promise<UserRow | undefined> {
  const kinds = tokenKinds.get(type);
  if (kinds === undefined) throw validationFailed("Unsupported verification type");
  const { user } = await consumeToken(auth, tx, kinds, hash, message);
  if (isBanned(user)) throw userBanned(403);
  if (type === "email_change") {
    return (await confirmEmailChange(auth, tx, user)) === "done" ? user : undefined;
  }
  if (user.email_confirmed_at === null) await confirmEmail(tx, user.id);
  return user;
}
