/** The state diagram of docs/architecture.md against what the database does in each state. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../access/attempt.ts";
import { type AccessWorld, buildAccessWorld } from "../access/world.ts";
import { addDeliverable } from "../world/deliverables.ts";
import { rolledBack } from "../world/rollback.ts";
import { openDatabase } from "../world/stack.ts";
import { diagrams, readTransitions } from "./mermaid.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/architecture.md"), "utf8");
const [lines = []] = diagrams(page, "stateDiagram-v2");
const transitions = readTransitions(lines);

const sql = openDatabase();
afterAll(() => sql.end());

/** What the database allows, tried in one transaction that is rolled back. */
const found = {
  first: "",
  pairs: [] as string[],
  deleters: {} as Record<string, string[]>,
  deletersAfterReview: [] as string[],
  revisions: 0,
};

beforeAll(() =>
  rolledBack(sql, async (tx) => {
    const world = await buildAccessWorld(tx);
    const statuses = await knownStatuses(tx);
    found.first = (await newDeliverable(tx, world)).status;
    for (const from of statuses) {
      for (const to of statuses) {
        if (await moves(tx, world, from, to)) found.pairs.push(`${from} --> ${to}`);
      }
      found.deleters[from] = await whoDeletes(tx, world, await inStatus(tx, world, from));
    }
    const reviewed = await inStatus(tx, world, "revision");
    await write(tx, reviewed, "pending");
    found.deletersAfterReview = await whoDeletes(tx, world, reviewed);
    found.revisions = await countRevisions(tx, world);
  }),
);

async function knownStatuses(tx: TransactionSql): Promise<readonly string[]> {
  const [row] = await tx<{ definition: string }[]>`
    select pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = 'public.deliverables'::regclass and conname = 'status_is_known'`;
  return [...(row?.definition ?? "").matchAll(/'(\w+)'/g)].map(([, status = ""]) => status);
}

const newDeliverable = (tx: TransactionSql, { projectId, taskId, ids }: AccessWorld) =>
  addDeliverable(tx, { projectId, taskId, submitterId: ids.assignee });

/** The ways to write a status that the columns allow: alone, with feedback, as another version. */
const writes = (id: string, status: string) => [
  (tx: TransactionSql) => tx`update public.deliverables set status = ${status} where id = ${id}`,
  (tx: TransactionSql) =>
    tx`update public.deliverables set status = ${status}, feedback = 'Warmer' where id = ${id}`,
  (tx: TransactionSql) =>
    tx`update public.deliverables set status = ${status}, version = version + 1 where id = ${id}`,
];

/** Writes a status as the table's own role: no policy stands in the way, the rules of the table do. */
async function write(tx: TransactionSql, id: string, status: string): Promise<boolean> {
  for (const statement of writes(id, status)) {
    try {
      await tx.savepoint((inner) => statement(inner));
      return true;
    } catch (error) {
      // A rule's own refusal, or a broken constraint.
      if (!/^(PT4\d\d|23514)$/.test(String((error as { code?: unknown }).code))) throw error;
    }
  }
  return false;
}

async function inStatus(tx: TransactionSql, world: AccessWorld, status: string): Promise<string> {
  const { id, status: first } = await newDeliverable(tx, world);
  if (status !== first && !(await write(tx, id, status)))
    throw new Error(`A new deliverable cannot become ${status}.`);
  return id;
}

const moves = async (tx: TransactionSql, world: AccessWorld, from: string, to: string) =>
  write(tx, await inStatus(tx, world, from), to);

async function whoDeletes(tx: TransactionSql, world: AccessWorld, id: string): Promise<string[]> {
  const able: string[] = [];
  for (const [name, persona] of [
    ["creator", "creator"],
    ["submitter", "assignee"],
  ] as const) {
    const rows = await attemptDelete(tx, world, persona, id);
    if (rows > 0) able.push(name);
  }
  return able;
}

async function attemptDelete(
  tx: TransactionSql,
  world: AccessWorld,
  persona: "creator" | "assignee",
  id: string,
): Promise<number> {
  try {
    return await tx.savepoint((inner) =>
      attempt(inner, world, persona, (as) => as`select private.delete_deliverable(${id})`),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== "PT409") throw error;
    return 0;
  }
}

async function countRevisions(tx: TransactionSql, world: AccessWorld): Promise<number> {
  const { id } = await newDeliverable(tx, world);
  let count = 0;
  while (await write(tx, id, "revision")) {
    count += 1;
    await write(tx, id, "pending");
  }
  return count;
}

describe("the diagram of a deliverable's life", () => {
  test("begins with the status of a new deliverable", () => {
    const starts = transitions.filter(({ from }) => from === "[*]").map(({ to }) => to);
    expect(starts).toEqual([found.first]);
  });

  test("shows exactly the changes of status that the database allows", () => {
    const shown = transitions.filter(({ from, to }) => from !== "[*]" && to !== "[*]");
    expect(shown.map(({ from, to }) => `${from} --> ${to}`).sort()).toEqual(found.pairs.sort());
  });

  test("shows in which status a deliverable can be deleted, and by whom", () => {
    const ends = transitions.filter(({ to }) => to === "[*]");
    const shown = Object.fromEntries(
      Object.keys(found.deleters).map((status) => {
        const label = ends.find(({ from }) => from === status)?.label ?? "";
        return [status, ["creator", "submitter"].filter((who) => label.includes(who))];
      }),
    );
    expect(shown).toEqual(found.deleters);
    expect(ends.find(({ from }) => from === "pending")?.label).toContain(
      "submitter before the first review",
    );
    expect(found.deletersAfterReview).toEqual(["creator"]);
  });

  test("names the number of revisions after which the database refuses another one", () => {
    const label = transitions.find(({ to }) => to === "revision")?.label;
    expect(label).toContain(`${found.revisions} times at most`);
  });
});
