/** The parts of Fastify that the plugin uses. */
interface Route {
  readonly url: string;
  handler(request: unknown, reply: Reply): unknown;
}
interface Reply {
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}
interface Host {
  readonly initialConfig: object;
  readonly log: typeof console;
  hasPlugin(name: string): boolean;
  route(route: Route): void;
}
type Plugin = (host: Host, options: object, done: () => void) => void;

let script: Promise<string> | undefined;

/** The program of the docs page. Loaded at its first request, because no other request needs it. */
export function scalarScript(): Promise<string> {
  script ??= load().catch((error) => {
    script = undefined;
    throw error;
  });
  return script;
}

/**
 * Scalar publishes its program as one file in two packages: one with 300 MB of dependencies, and this plugin
 * for Fastify, which serves it. We register the plugin with a stand-in and ask its route for the file.
 */
async function load(): Promise<string> {
  const { default: plugin } = await import("@scalar/fastify-api-reference");
  let sent: string | undefined;
  const reply: Reply = {
    header: () => reply,
    send: (body) => {
      sent = body;
    },
  };
  const host: Host = {
    initialConfig: {},
    log: console,
    hasPlugin: () => false,
    route: ({ url, handler }) => {
      if (url.endsWith(".js")) handler({}, reply);
    },
  };
  (plugin as unknown as Plugin)(host, { configuration: { url: "", sources: [] } }, () => undefined);
  if (sent === undefined) throw new Error("Scalar's plugin has no route for its program.");
  return sent;
}
