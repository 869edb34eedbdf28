import { Hono } from "hono";
import { addAllowance } from "./caller/limits.ts";
import { addCors, type CorsPolicy } from "./http/cors.ts";
import { ApiError, asApiError } from "./http/errors.ts";
import { describeError, hashUser, type Log, requestIdOf } from "./http/log.ts";
import { addSecurityHeaders } from "./http/security.ts";
import { allowOf, assertDecodable } from "./http/url.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { type Services, serve, type Trace } from "./serve.ts";

export interface Dependencies extends Services {
  readonly cors: CorsPolicy;
  readonly log: Log;
}

type Env = { Variables: { trace: Trace } };
export type App = ReturnType<typeof createApp>;

/** The name of the function is the first segment of every path. */
const basePath = "/api";

/** The REST API. Its dependencies are arguments, so that tests can replace them. */
export function createApp(dependencies: Dependencies) {
  const app = new Hono<Env>({ strict: false }).basePath(basePath);

  app.use("*", async (c, next) => {
    const began = performance.now();
    const trace: Trace = { requestId: requestIdOf(c.req.raw.headers) };
    c.set("trace", trace);
    await next();
    const { headers } = c.res;
    headers.set("x-request-id", trace.requestId);
    if (trace.allowance) addAllowance(trace.allowance, headers);
    addSecurityHeaders(headers);
    addCors(dependencies.cors, c.req.raw, headers);
    dependencies.log({
      requestId: trace.requestId,
      method: c.req.method,
      route: trace.route,
      status: c.res.status,
      ms: Math.round((performance.now() - began) * 10) / 10,
      user: trace.userId && (await hashUser(trace.userId)),
      code: trace.error?.code,
      fault: c.res.status < 500 ? undefined : describeError(trace.error?.cause),
    });
  });

  app.use("*", async (c, next) => {
    assertDecodable(c.req.url);
    await next();
  });

  for (const [path, methods] of byPath(operations)) {
    for (const operation of methods) {
      app.on(operation.method.toUpperCase(), path, (c) => {
        const trace = c.get("trace");
        trace.route = path;
        const matched = { operation, request: c.req.raw, params: c.req.param() };
        return serve(matched, trace, dependencies);
      });
    }
    app.all(path, (c) => {
      c.get("trace").route = path;
      const allow = allowOf(methods.map(({ method }) => method));
      if (c.req.method === "OPTIONS") return c.body(null, 204, { allow });
      throw new ApiError("METHOD_NOT_ALLOWED", `Method not allowed. Allowed: ${allow}.`, {
        headers: { allow },
      });
    });
  }

  app.notFound(() => {
    throw new ApiError("NOT_FOUND", "This path does not exist.");
  });
  app.onError((thrown, c) => {
    const error = asApiError(thrown);
    c.get("trace").error = error;
    return error.toResponse();
  });
  return app;
}

/** Keeps the declared order: fixed paths come before those with parameters. */
function byPath(all: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of all) {
    const same = paths.get(operation.path) ?? [];
    paths.set(operation.path, [...same, operation]);
  }
  return paths;
}
