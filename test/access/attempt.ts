import type { TransactionSql } from "postgres";
import type { AccessWorld, Persona } from "./world.ts";

export type Statement = (
  sql: TransactionSql,
) => PromiseLike<readonly unknown[] & { count: number }>;

/** Runs a statement as a persona, undoes it, and returns how many rows it saw or changed. */
export async function attempt(
  sql: TransactionSql,
  { ids }: AccessWorld,
  persona: Persona,
  statement: Statement,
): Promise<number> {
  const role = persona === "anon" ? "anon" : "authenticated";
  const claims =
    persona === "anon" ? { role } : { role, sub: ids[persona], session_id: ids[persona] };
  try {
    return await undone(sql, async (inner) => {
      await inner`select
        set_config('role', ${role}, true),
        set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`;
      return (await statement(inner)).count;
    });
  } catch (error) {
    // A refusal is an answer. Anything else (a typo in the statement, a lost connection) is a failure.
    if (isRefusal(error)) return 0;
    throw error;
  }
}

/** Runs the work in a savepoint of which nothing stays. */
export async function undone<T>(
  sql: TransactionSql,
  work: (inner: TransactionSql) => Promise<T>,
): Promise<T> {
  const undo = Symbol("undo");
  let result: T | undefined;
  try {
    await sql.savepoint(async (inner) => {
      result = await work(inner);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return result as T;
}

/** A missing privilege, a policy, or a rule with a message of its own. */
const isRefusal = (error: unknown): boolean =>
  ["42501", "PT403", "PT401"].includes(String((error as { code?: unknown }).code));
