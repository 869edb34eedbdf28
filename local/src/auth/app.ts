import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Auth } from "./context.ts";
import { AuthError, errorResponse, notImplemented } from "./errors.ts";
import { adminRoutes } from "./routes/admin.ts";
import { infoRoutes } from "./routes/info.ts";
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
    recoveryRoutes,
    verifyRoutes,
    adminRoutes,
  ]) {
    app.route("/", routes(auth));
  }
  app.notFound((context) => {
    const what = `${context.req.method} ${context.req.path}`;
    return errorResponse(context, notImplemented(what));
  });
  app.onError((error, context) => {
    if (error instanceof AuthError) return errorResponse(context, error);
    console.error(error);
    const sentence = isOutage(error) ? "The database is not answering" : "Unexpected failure";
    const status = isOutage(error) ? 503 : 500;
    return errorResponse(context, new AuthError(status, "unexpected_failure", sentence));
  });
  return app;
}

/** The database is away: starting, stopping or just killed. */
function isOutage(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? "");
  return /^(57P0|08|53)/.test(code) || /^(ECONN|CONNECTION_)/.test(code);
}
