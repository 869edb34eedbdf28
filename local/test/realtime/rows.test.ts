/** The row level security check of changes, against a database without a Realtime server. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isVisible, loadRelation, type Relation } from "../../src/realtime/rows.ts";
import { ScratchDatabase } from "../support/database.ts";

const ada = "7c1a1a4e-0000-4000-8000-000000000001";
const bob = "7c1a1a4e-0000-4000-8000-000000000002";

let database: ScratchDatabase;
let sql: Sql;
let relation: Relation;

beforeAll(async () => {
  database = await ScratchDatabase.start();
  const postgres = database.as("postgres");
  await postgres`create table public.scores (id integer primary key, owner_id uuid not null)`;
  await postgres`alter table public.scores enable row level security`;
  await postgres`
    create policy select_owner on public.scores for select to authenticated
    using (owner_id = (select auth.uid()))`;
  await postgres`grant select on public.scores to authenticated`;
  sql = database.as("supabase_admin");
  relation = (await loadRelation(sql, "public", "scores", "authenticated")) as Relation;
});

afterAll(() => database.stop());

const canSee = (id: number, sub: string) =>
  isVisible(sql, relation, { id, owner_id: ada }, { role: "authenticated", sub, exp: 0 });

describe("isVisible", () => {
  test("follows the policies", async () => {
    await database.as("postgres")`insert into public.scores values (1, ${ada})`;
    expect(await canSee(1, ada)).toBe(true);
    expect(await canSee(1, bob)).toBe(false);
  });

  test("is false for a row that does not exist", async () => {
    expect(await canSee(2, ada)).toBe(false);
  });

  test("waits for a row whose commit is not yet visible", async () => {
    const { promise: committing, resolve: commit } = Promise.withResolvers<void>();
    const { promise: inserted, resolve: hasInserted } = Promise.withResolvers<void>();
    const transaction = database.as("postgres").begin(async (tx) => {
      await tx`insert into public.scores values (3, ${ada})`;
      hasInserted();
      await committing;
    });
    await inserted;
    const visible = canSee(3, ada);
    setTimeout(commit, 50);
    expect(await visible).toBe(true);
    await transaction;
  });
});
