import { createServer } from "node:net";
import type { ProjectConfig } from "./config.ts";
import type { Ports } from "./settings.ts";

/** The public ports that the caller chose; `0` stands for any free one. */
export interface RequestedPorts {
  readonly api?: number;
  readonly db?: number;
  readonly mail?: number;
}

/**
 * Chooses the ports of one run. Public ports are the requested ones, else the configured ones; with `api`
 * alone the others keep their usual distance from it, so that one option moves the whole stack. Internal
 * ports are always free ones.
 */
export async function choosePorts(
  config: ProjectConfig,
  requested: RequestedPorts,
): Promise<Ports> {
  const shift = requested.api === undefined ? 0 : requested.api - config.api.port;
  const near = (usual: number) => (requested.api === 0 ? 0 : usual + shift);
  const [api, db, mail, ...internal] = await Promise.all([
    claim(requested.api ?? config.api.port, "API", "--port"),
    claim(requested.db ?? near(config.db.port), "database", "--db-port"),
    claim(requested.mail ?? near(config.local_smtp.port), "mail", "--mail-port"),
    ...Array.from({ length: 6 }, () => claim(0, "internal", "")),
  ]);
  const [postgrest = 0, postgrestAdmin = 0, auth = 0, functions = 0, storage = 0, realtime = 0] =
    internal;
  return {
    api: api ?? 0,
    db: db ?? 0,
    mail: mail ?? 0,
    internal: { postgrest, postgrestAdmin, auth, functions, storage, realtime },
  };
}

/** Checks that the port is free. Returns it, or a free one for `0`. */
function claim(port: number, what: string, option: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${port} (${what}) is in use by another program. Stop that program, or choose another port with ${option}.`,
            )
          : error,
      );
    });
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = probe.address();
      const claimed = typeof address === "object" && address !== null ? address.port : port;
      probe.close(() => resolve(claimed));
    });
  });
}
