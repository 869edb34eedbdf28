import { createServer } from "node:net";
import type { ProjectConfig } from "./config.ts";
import type { Ports } from "./settings.ts";

/** The public ports somebody asked for; `0` stands for any free one. */
export interface PortWishes {
  readonly api?: number;
  readonly db?: number;
  readonly mail?: number;
}

/**
 * Public ports are as wished, else as configured; with `api` alone the others keep their usual distance
 * from it, so that one option moves the whole stack. Internal ports are always free ones.
 */
export async function choosePorts(config: ProjectConfig, wishes: PortWishes): Promise<Ports> {
  const shift = wishes.api === undefined ? 0 : wishes.api - config.api.port;
  const near = (usual: number) => (wishes.api === 0 ? 0 : usual + shift);
  const [api, db, mail, ...internal] = await Promise.all([
    claim(wishes.api ?? config.api.port, "API", "--port"),
    claim(wishes.db ?? near(config.db.port), "database", "--db-port"),
    claim(wishes.mail ?? near(config.local_smtp.port), "mail", "--mail-port"),
    ...Array.from({ length: 5 }, () => claim(0, "internal", "")),
  ]);
  const [postgrest = 0, postgrestAdmin = 0, auth = 0, functions = 0, storage = 0] = internal;
  return {
    api: api ?? 0,
    db: db ?? 0,
    mail: mail ?? 0,
    internal: { postgrest, postgrestAdmin, auth, functions, storage },
  };
}

/** Makes sure that the port can be listened on, and says which it is when any would do. */
function claim(port: number, what: string, option: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${port} (${what}) is taken by another program. Stop that one, or choose another port with ${option}.`,
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
