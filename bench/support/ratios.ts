/** Ratios of what a caller waits for to a floor that is measured in the same moment. */
import type postgres from "postgres";
import { quantile } from "./figures.ts";

export interface Measured {
  readonly name: string;
  /** The ratio that must not be exceeded. */
  readonly goal: number;
  readonly ratios: readonly number[];
  /** Milliseconds, for orientation only. */
  readonly times: readonly number[];
}

/** A statement with its values as text: what the database times. */
export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Makes the function that times a statement in the database, so that no network is measured. */
export async function prepareTiming(sql: postgres.ReservedSql): Promise<void> {
  await sql`
    create or replace function pg_temp.time_of(p_statement text, p_values text[])
      returns double precision
      language plpgsql
    as $$
    declare
      v_began timestamptz;
    begin
      v_began := clock_timestamp();
      execute p_statement using p_values;
      return extract(epoch from clock_timestamp() - v_began) * 1000;
    end;
    $$`;
  await sql`grant execute on function pg_temp.time_of(text, text[]) to authenticated`;
}

export async function timeOf(sql: postgres.ReservedSql, statement: Statement): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select pg_temp.time_of(${statement.text}, ${[...statement.values]}) as ms`;
  return row?.ms ?? Number.NaN;
}

const cell = (value: number, digits = 2) => value.toFixed(digits).padStart(9);

export const isMet = ({ ratios, goal }: Measured): boolean => quantile(ratios, 0.5) <= goal;

/** A table: median and 95th percentile of the ratios, the goal, and whether the median meets it. */
export function ratioTable(rows: readonly Measured[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const head = `${"".padEnd(width)}   p50      p95       goal            p50 ms`;
  const lines = rows.map((row) => {
    const { name, goal, ratios, times } = row;
    const result = isMet(row) ? "met   " : "MISSED";
    return `${name.padEnd(width)}${cell(quantile(ratios, 0.5))}${cell(quantile(ratios, 0.95))}${cell(goal)}  ${result}${cell(quantile(times, 0.5))}`;
  });
  return [head, ...lines].join("\n");
}
