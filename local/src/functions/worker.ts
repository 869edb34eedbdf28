/**
 * Runs inside Deno, around one edge function: gives it what the hosted runtime gives, tells the parent
 * where it listens, and ends when the parent closes its standard input (or dies, which does the same).
 */
/// <reference lib="deno.ns" />

interface Launch {
  readonly entrypoint: string;
  /** Printed with the port when the function listens, so that no function can print it by chance. */
  readonly nonce: string;
}

const launch: Launch = JSON.parse(Deno.args[0] ?? "{}");
const background = new Set<Promise<unknown>>();
let server: Deno.HttpServer | undefined;

Object.assign(globalThis, {
  EdgeRuntime: {
    /** Keeps work alive after the answer; a failure is the function's own and is only told. */
    waitUntil<T>(promise: Promise<T>): Promise<T> {
      const settled = Promise.resolve(promise).catch((error) => console.error(error));
      background.add(settled);
      settled.finally(() => background.delete(settled));
      return promise;
    },
  },
});

const listen = Deno.serve;
const serve = (...args: unknown[]): Deno.HttpServer => {
  const handler = args.map(handlerIn).find((found) => found !== undefined);
  if (handler === undefined) throw new TypeError("Deno.serve was called without a handler.");
  const options = args.find((arg) => typeof arg === "object" && arg !== null) as
    | { onError?: (error: unknown) => Response | Promise<Response> }
    | undefined;
  server = listen(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: ({ port }) => console.log(`${launch.nonce} ${port}`),
      ...(options?.onError === undefined ? {} : { onError: options.onError }),
    },
    (request, info) => handler(asPublic(request), info),
  );
  return server;
};
Object.defineProperty(Deno, "serve", { value: serve });

for (const name of ["DENO_DIR", "DENO_NO_PACKAGE_JSON", "NO_COLOR", "PATH"]) Deno.env.delete(name);
addEventListener("unhandledrejection", (event) => {
  console.error(event.reason);
  event.preventDefault();
});

endWithParent();
const module = await import(launch.entrypoint).catch((error) => {
  console.error(error);
  Deno.exit(1);
});
const exported = handlerIn(module.default);
if (server === undefined && exported !== undefined) serve(exported);

type Handler = (request: Request, info: unknown) => Response | Promise<Response>;

function handlerIn(value: unknown): Handler | undefined {
  if (typeof value === "function") return value as Handler;
  const { handler, fetch } = (value ?? {}) as { handler?: unknown; fetch?: unknown };
  if (typeof handler === "function") return handler as Handler;
  return typeof fetch === "function" ? (fetch.bind(value) as Handler) : undefined;
}

/** The request under the address that the client used. */
function asPublic(request: Request): Request {
  const url = new URL(request.url);
  const host = request.headers.get("x-forwarded-host");
  if (host !== null && host !== "") {
    url.protocol = request.headers.get("x-forwarded-proto") === "https" ? "https:" : "http:";
    url.host = host;
  }
  return new Request(url, request);
}

async function endWithParent(): Promise<void> {
  for await (const _ of Deno.stdin.readable) {
    // Nothing is ever sent; only the end matters.
  }
  const patience = new Promise((resolve) => setTimeout(resolve, 5000));
  await Promise.race([patience, drain()]);
  Deno.exit(0);
}

async function drain(): Promise<void> {
  await server?.shutdown();
  while (background.size > 0) await Promise.allSettled(background);
}
