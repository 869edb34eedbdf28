/** The SQL tables and functions of Storage and Realtime. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maintainPartitions } from "../../src/postgres/platform/partitions.ts";
import { ScratchDatabase, within } from "../support/database.ts";

let database: ScratchDatabase;
let postgres: Sql;
let admin: Sql;

beforeAll(async () => {
  database = await ScratchDatabase.start();
  postgres = database.as("postgres");
  admin = database.as("supabase_admin");
});

afterAll(() => database.stop());

describe("realtime", () => {
  test("stores messages sent by a privileged role, with an id in the payload", async () => {
    const [row] = await within<Record<string, unknown>[]>(
      postgres,
      `select realtime.send('{"a": 1}', 'moved', 'room:1');
       select topic, event, private, extension, payload ->> 'a' as a, payload ->> 'id' = id::text as same
       from realtime.messages`,
    );
    expect(row).toEqual({
      topic: "room:1",
      event: "moved",
      private: true,
      extension: "broadcast",
      a: "1",
      same: true,
    });
  });

  test("turns a rejected message into a warning, not an error", async () => {
    const rows = await within(
      postgres,
      `set local role authenticated; select realtime.send('{}', 'e', 't');
       reset role; select count(*)::int as n from realtime.messages`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("has partitions from yesterday to three days ahead, and drops older ones", async () => {
    await admin`
      create table realtime.messages_2001_01_01 partition of realtime.messages
      for values from ('2001-01-01') to ('2001-01-02')`;
    await admin`alter table realtime.messages_2001_01_01 owner to supabase_realtime_admin`;
    await maintainPartitions(admin);
    const rows = await admin`
      select to_date(right(relname, 10), 'YYYY_MM_DD') - (now() at time zone 'utc')::date as day
      from pg_class where relname ~ '^messages_\\d' and relkind = 'r' order by 1`;
    expect(rows.map(({ day }) => day)).toEqual([-1, 0, 1, 2, 3]);
  });

  test("has the publications that Realtime reads", async () => {
    const rows = await admin`
      select pubname, pubowner::regrole::text as owner from pg_publication order by 1`;
    expect(rows).toEqual([
      { pubname: "supabase_realtime", owner: "postgres" },
      { pubname: "supabase_realtime_messages_publication", owner: "supabase_admin" },
    ]);
  });
});

describe("storage functions", () => {
  test("split a name into folders, file name and extension", async () => {
    const [row] = await postgres`
      select storage.foldername('a/b/c.tar.gz') as folders, storage.filename('a/b/c.tar.gz') as file,
        storage.extension('a/b/c.tar.gz') as extension`;
    expect(row).toEqual({ folders: "{a,b}", file: "c.tar.gz", extension: "gz" });
  });

  test("compare the operation with or without prefix", async () => {
    const rows = await within(
      postgres,
      `set local storage.operation = 'storage.object.upload';
       select storage.operation(), storage.allow_only_operation('object.upload') as one,
         storage.allow_any_operation('{storage.object.list}') as other`,
    );
    expect(rows).toEqual([{ operation: "storage.object.upload", one: true, other: false }]);
  });

  const files = `
    insert into storage.buckets (id, name) values ('b', 'b');
    insert into storage.objects (bucket_id, name, metadata)
    select 'b', name, '{}' from unnest(array['a.txt', 'docs/1.txt', 'docs/2.txt', 'docs/in/3.txt', 'z_x.txt']) as name;`;

  test("list one level: by name folders among objects, by a time folders first", async () => {
    const listed = (call: string) =>
      within<{ name: string; id: string | null }[]>(
        postgres,
        `${files}
          insert into storage.objects (bucket_id, name) values ('b', 'Docs-old'), ('b', 'B.txt');
          select name, id from storage.search(${call})`,
      );
    const byName = await listed("'', 'b'");
    // "-" sorts before "/", and capitals like small letters.
    expect(byName.map(({ name, id }) => [name, id === null])).toEqual([
      ["a.txt", false],
      ["B.txt", false],
      ["Docs-old", false],
      ["docs", true],
      ["z_x.txt", false],
    ]);
    const descending = await listed("'', 'b', 100, 1, 0, '', 'name', 'desc'");
    expect(descending.map(({ name }) => name)).toEqual(byName.map(({ name }) => name).reverse());
    const byTime = await listed("'', 'b', 100, 1, 0, '', 'created_at', 'desc'");
    expect(byTime[0]).toEqual({ name: "docs", id: null });
    const inside = await listed("'docs/', 'b', 2, 2, 0, '', 'name', 'desc'");
    expect(inside.map(({ name }) => name)).toEqual(["in", "2.txt"]);
  });

  test("list everything below a prefix in pages", async () => {
    const rows = await within<{ name: string }[]>(
      postgres,
      `${files} select name from storage.search_v2('docs/', 'b', 2, 2, 'docs/1.txt')`,
    );
    expect(rows.map(({ name }) => name)).toEqual(["docs/2.txt", "docs/in/"]);
  });
});
