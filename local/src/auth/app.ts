import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Auth } from "./context.ts";
import { AuthError, errorResponse, isOutage, notImplemented, unexpected } from "./errors.ts";
import { adminRoutes } from "./routes/admin.ts";
import { infoRoutes } from "./routes/info.ts";
import { inviteRoutes } from "./routes/invite.ts";
import { otpRoutes } from "./routes/otp.ts";
import { recoveryRoutes } from "./routes/recovery.ts";
import { signupRoutes } from "./routes/signup.ts";
import { tokenRoutes } from "./routes/token.ts";
import { userRoutes } from "./routes/user.ts";
import { verifyRoutes } from "./routes/verify.ts";

const megabyte = 1024 * 1024;

/** Auth's HTTP surface, without the gateway's prefix. */
export function createApp(auth: Auth): Hono {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: megabyte,
      onError: (context) =>
        errorResponse(context, new AuthError(413, "validation_failed", "Request body too large")),
    }),
  );
  app.use(async (context, next) => {
    await next();
    // Tokens must not stay in any cache.
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  for (const routes of [
    infoRoutes,
    signupRoutes,
    tokenRoutes,
    userRoutes,
    otpRoutes,
    recoveryRoutes,
    verifyRoutes,
    inviteRoutes,
    adminRoutes,
  ]) {
    app.route("/", routes(auth));
  }
  app.notFound((context) =>
    errorResponse(context, notImplemented(`${context.req.method} ${context.req.path}`)),
  );
  app.onError((error, context) => {
    const told = error instanceof AuthError ? error : failure(error);
    if (told.status >= 500 && told.status !== 501) {
      // Never the statement or its values: they hold tokens and hashes.
      const { message, stack } = (error.cause ?? error) as Error;
      auth.log.error({ path: context.req.path, message, stack }, told.message);
    }
    return errorResponse(context, told);
  });
  return app;
}

const failure = (error: Error): AuthError =>
  isOutage(error)
    ? new AuthError(503, "unexpected_failure", "The database is not answering; try again")
    : unexpected("Unexpected failure, please check server logs for more information");
