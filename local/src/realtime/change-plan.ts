import { type Condition, parseConditions } from "./column-conditions.ts";
import { parseRequestedChange } from "./join-config.ts";

/** One entry of `postgres_changes` in a join: which changes of which rows the channel receives. */
export interface ChangeFilter {
  readonly id: number;
  readonly event: string;
  readonly schema: string;
  /** Undefined for every table of the schema. */
  readonly table: string | undefined;
  readonly conditions: readonly Condition[];
  readonly select: readonly string[] | undefined;
}

/** The parsed `postgres_changes` of a join. */
export interface ChangePlan {
  /** The entries as requested, each with its id, for the reply to the join. */
  readonly accepted: readonly object[];
  readonly filters: readonly ChangeFilter[];
  /** Entries that cannot be parsed. */
  readonly invalid: readonly unknown[];
}

/** Parses the requested entries. `nextId` returns a new id for each of them. */
export function planChanges(requested: readonly unknown[], nextId: () => number): ChangePlan {
  const accepted: object[] = [];
  const filters: ChangeFilter[] = [];
  const invalid: unknown[] = [];
  for (const entry of requested) {
    const id = nextId();
    accepted.push({ ...(entry as object), id });
    const filter = parseFilter(entry, id);
    if (filter === undefined) invalid.push(entry);
    else filters.push(filter);
  }
  return { accepted, filters, invalid };
}

function parseFilter(entry: unknown, id: number): ChangeFilter | undefined {
  const change = parseRequestedChange(entry);
  const conditions = parseConditions(change?.filter);
  if (change === undefined || conditions === undefined) return undefined;
  const { event, schema = "public", table, select } = change;
  return {
    id,
    event,
    schema,
    table: table === "*" ? undefined : table,
    conditions,
    select: select ?? undefined,
  };
}
