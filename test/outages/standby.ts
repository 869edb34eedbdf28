import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, chown, cp, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { findBinaries } from "../../local/src/postgres/binaries.ts";
import { chooseLauncher } from "../../local/src/process/launcher.ts";

/** What of the primary's folder a copy does without: its lock file, and what a start makes anew. */
const leftOut = /(postmaster\.(pid|opts)|pg_replslot\/.+|pg_stat_tmp\/.+|pg_subtrans\/.+)$/;

/** A streaming replica of a stack's database: a base backup that follows the primary's log. */
export class Standby {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #server: ChildProcess | undefined;

  constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    // Only this machine reaches it, so it asks for no password; the stack's is not known before it starts.
    this.url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  }

  /** Copies the data of the primary while it works, and starts to follow it. */
  async start(primaryUrl: string, primaryFolder: string): Promise<void> {
    const { password, port } = new URL(primaryUrl);
    const owner = await stat(primaryFolder);
    const admin = postgres(primaryUrl.replace("//postgres:", "//supabase_admin:"), {
      max: 1,
      onnotice: () => undefined,
    });
    try {
      await admin`select pg_backup_start('standby', true)`;
      await mkdir(this.#folder, { recursive: true });
      await cp(primaryFolder, this.#folder, {
        recursive: true,
        filter: (path) => !leftOut.test(path),
      });
      const [label] = await admin<{ labelfile: string }[]>`select labelfile from pg_backup_stop()`;
      await writeFile(join(this.#folder, "backup_label"), label?.labelfile ?? "");
    } finally {
      await admin.end();
    }
    await writeFile(join(this.#folder, "standby.signal"), "");
    await writeFile(join(this.#folder, "pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");
    const source = `host=127.0.0.1 port=${port} user=supabase_admin password=${decodeURIComponent(password)}`;
    await appendFile(
      join(this.#folder, "postgresql.auto.conf"),
      `primary_conninfo = '${source}'\n`,
    );
    await give(this.#folder, owner);
    this.#launch();
    await this.#untilItAnswers();
  }

  /** A connection for looking at the replica itself; the caller ends it. */
  connect(): Sql {
    return postgres(this.url.replace("postgres@", "supabase_admin@"), { max: 1 });
  }

  /** Stops the process where it is: connections stay open, and nothing answers. */
  freeze(): void {
    this.#server?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#server?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    server.kill("SIGCONT");
    server.kill("SIGQUIT");
    await once(server, "exit");
  }

  #launch(): void {
    const { postgres: program } = findBinaries();
    const launcher = chooseLauncher(this.#folder, [this.#folder, program]);
    const settings = {
      port: this.#port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: 100,
      shared_preload_libraries: "pg_stat_statements",
      timezone: "UTC",
    };
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const [command, args] = launcher.wrap([program, "-D", this.#folder, ...flags], "INT");
    this.#server = spawn(command, args, {
      stdio: "ignore",
      cwd: this.#folder,
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
      ...launcher.identity,
    });
  }

  async #untilItAnswers(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const sql = this.connect();
      try {
        await sql`select 1`;
        return;
      } catch (error) {
        if (tries > 300 || this.#server?.exitCode !== null) throw error;
        await sleep(100);
      } finally {
        await sql.end();
      }
    }
  }
}

/** PostgreSQL runs under the account that owns the primary's folder, and wants the copy for itself. */
async function give(folder: string, owner: { uid: number; gid: number }): Promise<void> {
  await chmod(folder, 0o700);
  await chown(folder, owner.uid, owner.gid);
  for (const name of await readdir(folder, { recursive: true })) {
    await chown(join(folder, name), owner.uid, owner.gid);
  }
}
