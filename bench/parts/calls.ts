/** The calls of every operation that reads: those of the plan test, and the deep pages of lists. */
import type postgres from "postgres";
import { belongingsOf } from "../../test/plans/belongings.ts";
import { operations } from "../../test/plans/operations.ts";
import type { Person } from "../../test/plans/people.ts";
import { uuids } from "../support/ids.ts";
import type { Timed } from "../support/turns.ts";
import { type Answer, floorOf, listed } from "./floors.ts";

export interface Call {
  readonly operation: string;
  readonly text: string;
  /** With the ids left out: the same for everybody. */
  readonly label: string;
  /** How many rows it lists, if it takes a limit. */
  readonly rows: number | undefined;
  readonly floor: Timed;
}

/** The 500th page and the last one. */
function deepPages(text: string, answer: Answer): string[] {
  const { total, limit } = (answer.pagination ?? {}) as { total?: number; limit?: number };
  if (total === undefined || limit === undefined || !text.endsWith("()")) return [];
  const last = Math.ceil(total / limit);
  const pages = new Set([Math.min(500, last), last].filter((page) => page > 2));
  return [...pages].map((page) => text.replace("()", `(page => '${page}')`));
}

const isDeep = (text: string): boolean => /page => '\d+'/.test(text);

export async function callsOf(sql: postgres.Sql, person: Person, only?: string): Promise<Call[]> {
  return sql.begin(async (tx) => {
    const belongings = await belongingsOf(tx, person);
    await tx`select set_config('request.jwt.claims', ${JSON.stringify(person.claims)}, true)`;
    const calls: Call[] = [];
    for (const [operation, textsFor] of Object.entries(operations)) {
      if (only !== undefined && only !== operation) continue;
      const texts = textsFor(belongings).filter((text) => !isDeep(text));
      for (const text of texts) {
        const answer = await answerOf(tx, text);
        texts.push(...deepPages(text, answer));
        calls.push({
          operation,
          text,
          label: text.replace(/^api\./, "").replace(uuids, "…"),
          rows: listed(operation, answer)?.length,
          floor: await floorOf(tx, person, operation, answer),
        });
      }
    }
    return calls;
  }) as Promise<Call[]>;
}

async function answerOf(tx: postgres.TransactionSql, text: string): Promise<Answer> {
  await tx.unsafe("set local role authenticated");
  const [row] = await tx.unsafe<{ answer: Answer }[]>(`select ${text} as answer`);
  await tx.unsafe("reset role");
  return row?.answer ?? {};
}
