import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Sql } from "postgres";
import { inject } from "vitest";
import { PostgresCluster } from "../../src/postgres/cluster.ts";
import { connect } from "../../src/postgres/connect.ts";
import { bootstrap } from "../../src/postgres/platform/bootstrap.ts";
import type { Settings } from "../../src/settings.ts";
import { scratchSettings } from "./settings.ts";

/** A scratch project with these files (paths below `supabase/`) and its own copy of the template database. */
export class ScratchDatabase {
  readonly settings: Settings;
  readonly cluster: PostgresCluster;
  readonly #folder: string;
  readonly #pools: Sql[] = [];

  private constructor(folder: string, settings: Settings) {
    this.#folder = folder;
    this.settings = settings;
    this.cluster = new PostgresCluster(settings);
  }

  static async start(files: Readonly<Record<string, string>> = {}): Promise<ScratchDatabase> {
    const folder = await mkdtemp(join(tmpdir(), "database-"));
    await writeProject(folder, { "config.toml": 'project_id = "scratch"\n', ...files });
    const dataDir = join(folder, "data");
    // With owners and modes: PostgreSQL runs as another user than root and refuses an open folder.
    await promisify(execFile)("cp", ["-a", inject("databaseTemplate"), dataDir]);
    const settings = await scratchSettings({ dataDir, projectDir: folder });
    const database = new ScratchDatabase(folder, settings);
    await database.cluster.start();
    await bootstrap(settings);
    return database;
  }

  /** Opens a connection as a role. It is closed with the database. */
  as(role: "postgres" | "supabase_admin" | "authenticator" | "supabase_auth_admin"): Sql {
    const sql = connect(this.settings, role);
    this.#pools.push(sql);
    return sql;
  }

  write(files: Readonly<Record<string, string>>): Promise<void> {
    return writeProject(this.#folder, files);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((sql) => sql.end({ timeout: 1 })));
    await this.cluster.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function writeProject(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, "supabase", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** Runs statements as a role and rolls them back. Returns the last result. */
export async function within<T>(sql: Sql, statements: string, role?: string): Promise<T> {
  const rollback = Symbol("rollback");
  let result: unknown;
  await sql
    .begin(async (tx) => {
      if (role !== undefined) await tx`set local role ${tx(role)}`;
      const all = await tx.unsafe(statements).simple();
      result = Array.isArray(all.at(-1)) ? all.at(-1) : all;
      throw rollback;
    })
    .catch((reason) => {
      if (reason !== rollback) throw reason;
    });
  return result as T;
}
