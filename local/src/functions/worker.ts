/**
 * Runs inside Deno before one edge function. Provides what the hosted runtime provides, reports the port to the
 * parent, and ends when the parent asks for it or has ended.
 */
/// <reference lib="deno.ns" />

interface Launch {
  /** Printed with the port when the function listens, so that no function can print it by chance. */
  readonly nonce: string;
  /** The folder that the function may write to. */
  readonly scratch: string;
}

const launch: Launch = JSON.parse(Deno.env.get("EDGE_LAUNCH") ?? "{}");
for (const name of Object.keys(Deno.env.toObject())) {
  if (/^(EDGE_LAUNCH|NO_COLOR|PATH|DENO_.*)$/.test(name)) Deno.env.delete(name);
}

type Handler = (request: Request, info: unknown) => Response | Promise<Response>;

const background = new Set<Promise<unknown>>();
let server: Deno.HttpServer | undefined;
let health = "";

Object.assign(globalThis, {
  EdgeRuntime: {
    /** Lets work continue after the response. A failure is logged. */
    waitUntil<T>(promise: Promise<T>): Promise<T> {
      const settled = Promise.resolve(promise).catch((error) => console.error(error));
      background.add(settled);
      settled.finally(() => background.delete(settled));
      return promise;
    },
  },
});

const listen = Deno.serve;
replace("serve", (...args: unknown[]): Deno.HttpServer => {
  const handler = args.map(handlerIn).find((found) => found !== undefined);
  if (handler === undefined) throw new TypeError("Deno.serve was called without a handler.");
  const options = args.find((arg) => typeof arg === "object" && arg !== null);
  const { onError, signal } = (options ?? {}) as Deno.ServeOptions;
  server = listen(
    {
      ...(onError === undefined ? {} : { onError }),
      ...(signal === undefined ? {} : { signal }),
      hostname: "127.0.0.1",
      port: 0,
      onListen: ({ port }) => {
        void followParent();
        health = `http://127.0.0.1:${port}/_internal/health`;
        Deno.stdout.writeSync(new TextEncoder().encode(`${launch.nonce} ${port}\n`));
      },
    },
    // With this request the parent checks that the event loop is not blocked. It cannot collide with requests for
    // the function, whose paths begin with the function's name.
    (request, info) => (request.url === health ? new Response("ok") : handler(request, info)),
  );
  return server;
});

// The sandbox does not reach the machine's folder for temporary files; each function has its own.
for (const name of [
  "makeTempDir",
  "makeTempFile",
  "makeTempDirSync",
  "makeTempFileSync",
] as const) {
  const original = Deno[name] as (options?: Deno.MakeTempOptions) => unknown;
  replace(name, (options?: Deno.MakeTempOptions) => original({ dir: launch.scratch, ...options }));
}

addEventListener("load", async () => {
  if (server !== undefined) return;
  const { default: exported } = await import(Deno.mainModule);
  const handler = handlerIn(exported);
  if (handler !== undefined) Deno.serve(handler);
  else setTimeout(endWithoutServer, 3000);
});

function endWithoutServer(): void {
  if (server !== undefined) return;
  console.error("It neither called Deno.serve nor exported a handler.");
  Deno.exit(1);
}

function replace(name: string, value: unknown): void {
  Object.defineProperty(Deno, name, { value, configurable: true });
}

function handlerIn(value: unknown): Handler | undefined {
  if (typeof value === "function") return value as Handler;
  const { handler, fetch } = (value ?? {}) as { handler?: unknown; fetch?: unknown };
  if (typeof handler === "function") return handler as Handler;
  return typeof fetch === "function" ? (fetch.bind(value) as Handler) : undefined;
}

/**
 * Reads from the parent: a line asks to finish, the end of the input means that the parent has ended. Starts only
 * when the function listens, because Deno does not run the function before everything started here has ended.
 */
async function followParent(): Promise<void> {
  for await (const _line of Deno.stdin.readable) void drain();
  setTimeout(() => Deno.exit(0), 1000);
}

/** Finishes open requests and background work, then ends. The parent kills it when that takes too long. */
async function drain(): Promise<void> {
  const detail = { reason: "termination" };
  dispatchEvent(new CustomEvent("beforeunload", { detail, cancelable: true }));
  await server?.shutdown();
  while (background.size > 0) await Promise.allSettled(background);
  Deno.exit(0);
}
