/** The PostgreSQL server: start, restart after crashes, durability, cleanup. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PostgresCluster } from "../../src/postgres/cluster.ts";
import { withConnection } from "../../src/postgres/connect.ts";
import type { Settings } from "../../src/settings.ts";
import { until } from "../support/http.ts";
import { scratchSettings } from "../support/settings.ts";

let dataDir: string;
let settings: Settings;
let cluster: PostgresCluster;

beforeEach(async () => {
  // Root's alone, as `mktemp -d` makes it.
  dataDir = await mkdtemp(join(tmpdir(), "cluster-"));
  settings = await scratchSettings({ dataDir });
  cluster = new PostgresCluster(settings);
});

afterEach(async () => {
  await cluster.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const query = <Row extends object = Record<string, unknown>>(
  text: string,
): Promise<readonly Row[]> =>
  withConnection(settings, "supabase_admin", async (sql) => [...(await sql.unsafe<Row[]>(text))]);

test("starts unprivileged, on loopback only, with a password", async () => {
  await cluster.start();

  const { state, pid } = cluster.health();
  expect(state).toBe("healthy");
  expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
  const [row] = await query("select current_setting('listen_addresses') as listen, version()");
  expect(row).toMatchObject({ listen: "127.0.0.1", version: expect.stringMatching(/ 17\./) });
  const stranger = { ...settings, keys: { ...settings.keys, databasePassword: "a wrong one" } };
  await expect(withConnection(stranger, "supabase_admin", (sql) => sql`select`)).rejects.toThrow(
    /keys\.json/,
  );
});

test("sorts text like hosted Supabase and supports Unicode letters", async () => {
  await cluster.start();
  const names = await query(
    "select name from (values ('b'), ('É'), ('A'), ('f')) as v (name) order by 1",
  );
  expect(names.map(({ name }) => name)).toEqual(["A", "b", "É", "f"]);
  const [row] = await query(
    "select upper('ä') as upper, to_tsvector('simple', 'größe—élan')::text as words",
  );
  expect(row).toEqual({ upper: "Ä", words: "'größe':1 'élan':2" });
});

test("keeps its data across restarts", async () => {
  await cluster.start();
  await query("create table kept as select 1 as n");
  await cluster.stop();
  expect(cluster.health().state).toBe("stopped");

  cluster = new PostgresCluster(settings);
  await cluster.start();
  expect(await query("select n from kept")).toEqual([{ n: 1 }]);
});

test("restarts after kill -9, and reports it in its health", async () => {
  await cluster.start();
  await query("create table kept as select 1 as n");
  const { pid = 0 } = cluster.health();
  process.kill(pid, "SIGKILL");

  await until("the crash is detected", () => cluster.health().state === "restarting");
  expect(cluster.health().detail).toContain("SIGKILL");
  await until("the server is back", () => cluster.health().state === "healthy");
  expect(cluster.health()).toMatchObject({ restarts: 1 });
  expect(cluster.health().pid).not.toBe(pid);
  expect(await query("select n from kept")).toEqual([{ n: 1 }]);
});

test("names a port in use and the option to change it", async () => {
  const other = createServer().listen(settings.ports.db, "127.0.0.1");
  await once(other, "listening");
  try {
    await expect(cluster.start()).rejects.toThrow(
      new RegExp(`Port ${settings.ports.db} .*in use.*--db-port`),
    );
  } finally {
    other.close();
  }
});

test("reports the server's message when it cannot start", async () => {
  await cluster.start();
  await cluster.stop();
  await rm(join(dataDir, "postgres/global/pg_control"));
  await expect(cluster.start()).rejects.toThrow(
    /PostgreSQL did not start: could not find the database system/,
  );
});

test("repeats an interrupted creation of the data folder", async () => {
  const draft = join(dataDir, "postgres.new");
  await writeFile(draft, "half");
  await cluster.start();
  expect(cluster.health().state).toBe("healthy");
  await expect(stat(draft)).rejects.toThrow();
});

describe("after the stack is killed", () => {
  const script = join(import.meta.dirname, "cluster-process.ts");

  async function orphan(env: NodeJS.ProcessEnv): Promise<number> {
    const parent: ChildProcess = fork(script, { env, execArgv: [] });
    parent.send(settings);
    const [pid] = (await once(parent, "message")) as [number];
    parent.kill("SIGKILL");
    await once(parent, "exit");
    return pid;
  }

  test.runIf(process.platform === "linux")("the server ends", async () => {
    const pid = await orphan(process.env);
    await until("the server has ended", () => !isAlive(pid));
  });

  test("a server that still runs is stopped by the next start", async () => {
    const pid = await orphan({ PATH: `${await setprivWithoutDeathSignal()}:${process.env.PATH}` });
    expect(isAlive(pid)).toBe(true);

    await cluster.start();
    await until("the server has ended", () => !isAlive(pid));
    expect(await query("select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("a lock file with the id of another process is ignored", async () => {
    await cluster.start();
    const lock = await readFile(join(dataDir, "postgres/postmaster.pid"), "utf8");
    await cluster.stop();
    const reused = lock.replace(/^\d+/, String(process.pid));
    await writeFile(join(dataDir, "postgres/postmaster.pid"), reused);

    await cluster.start();
    expect(cluster.health().state).toBe("healthy");
  });
});

/** Creates a folder with a setpriv that ignores --pdeathsig, so that a program outlives its parent. */
async function setprivWithoutDeathSignal(): Promise<string> {
  const folder = join(dataDir, "bin");
  await mkdir(folder);
  const program = `#!/bin/sh
for argument do
  shift
  case "$argument" in --pdeathsig=*) ;; *) set -- "$@" "$argument" ;; esac
done
[ "$1" = -- ] && shift && exec "$@"
PATH=\${PATH#*:} exec setpriv "$@"
`;
  await writeFile(join(folder, "setpriv"), program, { mode: 0o755 });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
