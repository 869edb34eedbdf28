import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Stack } from "embedded-supabase";
import postgres from "postgres";
import { root } from "../../scripts/root.ts";

/** A project with some migrations and seeds, and a database that keeps its data from one start to the next. */
export class Project {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Functions are left out: nothing but migrations and seeds writes to the database. */
  static async in(folder: string, seeds: string): Promise<Project> {
    const supabase = join(folder, "supabase");
    await mkdir(join(supabase, "migrations"), { recursive: true });
    await cp(join(root, "supabase/config.toml"), join(supabase, "config.toml"));
    await cp(seeds, join(supabase, "seeds"), { recursive: true });
    return new Project(folder);
  }

  get migrations(): string {
    return join(this.#folder, "supabase", "migrations");
  }

  async addMigrations(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      await cp(join(root, "supabase/migrations", name), join(this.migrations, name));
    }
  }

  /** Starts it, which applies pending migrations, and stops it after `use`. */
  async started<T>(use: (sql: postgres.Sql, url: string) => Promise<T>): Promise<T> {
    const stack = await Stack.start({
      projectDir: this.#folder,
      dataDir: join(this.#folder, "data"),
      ports: { api: 0 },
    });
    const url = stack.about.DB_URL;
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    try {
      return await use(sql, url);
    } finally {
      await sql.end();
      await stack.stop();
    }
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
