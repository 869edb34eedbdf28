import type { TransactionSql } from "postgres";
import type { Persona, World } from "./world.ts";

export type Verb = "select" | "insert" | "update" | "delete";

export interface Rule {
  readonly table: string;
  /** Which row or column, when a table has more than one rule for a verb. */
  readonly what: string;
  readonly verb: Verb;
  readonly allowed: readonly Persona[];
  readonly run: (
    sql: TransactionSql,
    world: World,
    persona: Persona,
  ) => PromiseLike<readonly unknown[] & { count: number }>;
}

export const signedIn = [
  "creator",
  "other creator",
  "member",
  "assignee",
  "removed member",
  "stranger",
] as const;

export const self = (world: World, persona: Persona) =>
  persona === "anon" ? world.ids.stranger : world.ids[persona];
