import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import type { ProjectConfig } from "./config.ts";
import { loopbackHost } from "./host.ts";
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
  host: string = loopbackHost,
): Promise<Ports> {
  const shift = requested.api === undefined ? 0 : requested.api - config.api.port;
  const near = (usual: number) => (requested.api === 0 ? 0 : usual + shift);
  const taken = new Set<number>();
  const choose = async (port: number, what: string, option = "", on = loopbackHost) => {
    const chosen = await claim({ port, what, option, host: on }, taken);
    taken.add(chosen);
    return chosen;
  };
  const internal = () => choose(0, "internal");
  return {
    api: await choose(requested.api ?? config.api.port, "API", "--port", host),
    db: await choose(requested.db ?? near(config.db.port), "database", "--db-port"),
    mail: await choose(requested.mail ?? near(config.local_smtp.port), "mail", "--mail-port"),
    internal: {
      postgrest: await internal(),
      postgrestAdmin: await internal(),
      auth: await internal(),
      functions: await internal(),
      storage: await internal(),
      realtime: await internal(),
    },
  };
}

/**
 * Free ports are chosen where systems do not take the ports of outgoing connections from: between this choice
 * and the moment when a part listens, nothing else should take them.
 */
const quietPorts = { first: 20_000, last: 32_000 };

const lastPort = 65_535;

interface Claim {
  readonly port: number;
  readonly what: string;
  readonly option: string;
  readonly host: string;
}

/** Checks that a port is free and not among `taken`. Returns it, or a free one for `0`. */
async function claim(
  { port, what, option, host }: Claim,
  taken: ReadonlySet<number>,
): Promise<number> {
  const isAvailable = async (candidate: number) =>
    !taken.has(candidate) && (await isFree(candidate, host));
  if (port < 0 || port > lastPort) {
    throw new Error(
      `The ${what} port would be ${port}, which is no port number. Choose one with ${option}, or another --port.`,
    );
  }
  if (port !== 0) {
    if (await isAvailable(port)) return port;
    throw new Error(
      `Port ${port} (${what}) is in use by another program. Stop that program, or choose another port with ${option}.`,
    );
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const candidate = randomInt(quietPorts.first, quietPorts.last);
    if (await isAvailable(candidate)) return candidate;
  }
  throw new Error(`No port between ${quietPorts.first} and ${quietPorts.last} is free.`);
}

/** Returns whether this process can listen on the port. */
function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") reject(notOurs(host));
      else reject(error);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}

const notOurs = (host: string) =>
  new Error(
    `"${host}" is no address of this machine. With --host 0.0.0.0 it listens on all of them.`,
  );
