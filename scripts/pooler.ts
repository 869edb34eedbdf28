/** Debian's pgbouncer in transaction mode, in front of a stack's database. */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.ts";
import { run } from "./run-command.ts";
import { type ScratchStack, scratchStack } from "./scratch-stack.ts";

/** Where it is installed (Debian: `apt-get install pgbouncer`); undefined elsewhere. */
export const pgbouncerBinary = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Fewer server connections than the functions open, so that their transactions take turns on them. */
const serverConnections = 3;

class Pooler {
  /** What the functions connect to. It can be named before the database runs that the pooler leads to. */
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `postgresql://postgres:any@127.0.0.1:${port}/postgres`;
  }

  static async create(): Promise<Pooler> {
    return new Pooler(await freePort(), await mkdtemp(join(tmpdir(), "onswift-pooler-")));
  }

  /** Starts it in front of the database at `databaseUrl`, with that address's role and password whatever a client sends. */
  async start(databaseUrl: string): Promise<void> {
    const { hostname, port, username, password, pathname } = new URL(databaseUrl);
    const settings = [
      "[databases]",
      `* = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password='${decodeURIComponent(password)}'`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${this.#port}`,
      "unix_socket_dir =",
      "auth_type = any",
      "pool_mode = transaction",
      `default_pool_size = ${serverConnections}`,
      "max_client_conn = 200",
      `logfile = ${join(this.#folder, "pgbouncer.log")}`,
    ];
    const file = join(this.#folder, "pgbouncer.ini");
    await writeFile(file, `${settings.join("\n")}\n`, { mode: 0o600 });
    const identity = await this.#identity(file);
    const child = spawn(pgbouncerBinary ?? "pgbouncer", ["-q", file], {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: this.#folder,
      ...identity,
    });
    this.#process = child;
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const deadline = Date.now() + 10_000;
    while (!(await answers(this.#port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`pgbouncer does not start:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** It refuses to run as root. */
  async #identity(file: string): Promise<{ uid: number; gid: number } | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    const [uid = 0, gid = 0] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "daemon"])).output)),
    );
    await chown(this.#folder, uid, gid);
    await chown(file, uid, gid);
    await chmod(this.#folder, 0o700);
    return { uid, gid };
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A scratch stack whose functions use the pooler. Tests that boot stacks of their own do not. */
export async function pooledStack(): Promise<ScratchStack> {
  const pooler = await Pooler.create();
  const before = process.env.DATABASE_POOLER_URL;
  process.env.DATABASE_POOLER_URL = pooler.url;
  try {
    const stack = await scratchStack();
    await pooler.start(stack.about.DB_URL).catch(async (error) => {
      await stack.stop();
      throw error;
    });
    const stop = async () => {
      await stack.stop();
      await pooler.stop();
    };
    return { ...stack, stop };
  } catch (error) {
    await pooler.stop();
    throw error;
  } finally {
    if (before === undefined) delete process.env.DATABASE_POOLER_URL;
    else process.env.DATABASE_POOLER_URL = before;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
