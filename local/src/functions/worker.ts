/**
 * Runs inside Deno before one edge function: gives it what the hosted runtime gives, tells the parent
 * where it listens, and ends when the parent says so or is gone.
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
        void obeyParent();
        health = `http://127.0.0.1:${port}/_internal/health`;
        Deno.stdout.writeSync(new TextEncoder().encode(`${launch.nonce} ${port}\n`));
      },
    },
    // The parent asks whether this event loop still turns; what is for the function begins with its name.
    (request, info) => (request.url === health ? new Response("ok") : handler(request, info)),
  );
  return server;
});

// The machine's own folder for temporary files is out of reach; each function has one of its own.
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
 * A line asks to drain; the end of the input means that the parent is gone. Not before the function
 * listens: Deno waits with the function until everything begun here has ended.
 */
async function obeyParent(): Promise<void> {
  for await (const _line of Deno.stdin.readable) void drain();
  setTimeout(() => Deno.exit(0), 1000);
}

/** Answers what was asked, finishes what was promised, then ends; the parent's patience is the limit. */
async function drain(): Promise<void> {
  const detail = { reason: "termination" };
  dispatchEvent(new CustomEvent("beforeunload", { detail, cancelable: true }));
  await server?.shutdown();
  while (background.size > 0) await Promise.allSettled(background);
  Deno.exit(0);
}
