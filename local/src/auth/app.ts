import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Auth } from "./context.ts";
import { AuthError, errorResponse, isOutage, notImplemented, unexpected } from "./errors.ts";
import { adminRoutes } from "./routes/admin.ts";
import { factorRoutes } from "./routes/factors.ts";
import { infoRoutes } from "./routes/info.ts";
import { inviteRoutes } from "./routes/invite.ts";
import { otpRoutes } from "./routes/otp.ts";
import { recoveryRoutes } from "./routes/recovery.ts";
import { signupRoutes } from "./routes/signup.ts";
import { tokenRoutes } from "./routes/token.ts";
import { userRoutes } from "./routes/user.ts";
import { verifyRoutes } from "./routes/verify.ts";

const megabyte = 1024 * 1024;

/** Creates Auth's HTTP app. Paths are without the gateway's prefix `/auth/v1`. */
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
    // Responses can contain tokens, so caches must not store them.
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  for (const routes of [
    infoRoutes,
    signupRoutes,
    tokenRoutes,
    userRoutes,
    factorRoutes,
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
    const authError = error instanceof AuthError ? error : toAuthError(error);
    if (authError.status >= 500 && authError.status !== 501) {
      // Do not log the SQL statement or its parameters: they contain tokens and hashes.
      const { message, stack } = (error.cause ?? error) as Error;
      auth.log.error({ path: context.req.path, message, stack }, authError.message);
    }
    return errorResponse(context, authError);
  });
  return app;
}

const toAuthError = (error: Error): AuthError =>
  isOutage(error)
    ? new AuthError(503, "unexpected_failure", "The database is not answering. Try again shortly.")
    : unexpected("Unexpected failure, please check server logs for more information");
