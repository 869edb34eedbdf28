import type { Reads } from "./reads.ts";

/** Tables that do not grow with use, and queues that a job empties every minute. */
const fixed = new Set([
  "skills",
  "private.error_catalogue",
  "private.file_types",
  "private.notification_total_changes",
  "private.notification_watermarks",
]);

/** For sessions, cards and other rows that every call reads once. */
const floor = 60;

export interface Allowance {
  /** Rows of index scans that count or skip what the answer says: totals, and the pages before this one. */
  readonly counted?: number;
  /** Tables that everybody may read whole, so that a scan which ends after a page is the best plan. */
  readonly everybodys?: readonly string[];
}

/** What is wrong with these reads: nothing, or a line for each table. */
export function excesses(reads: Reads, { counted = 0, everybodys = [] }: Allowance = {}): string[] {
  const growing = reads.tables.filter(({ table }) => !fixed.has(table));
  const scanned = growing.filter(
    ({ table, sequentialScans }) => sequentialScans > 0 && !everybodys.includes(table),
  );
  const rows = growing.reduce((sum, table) => sum + table.rows, 0);
  const most = 50 * reads.returned + counted + floor;
  return [
    ...scanned.map(({ table, rows }) => `scans ${table}: ${rows} rows`),
    ...(rows > most
      ? [
          `reads ${rows} rows for ${reads.returned}, at most ${most}: ${growing
            .map((table) => `${table.table} ${table.rows}`)
            .join(", ")}`,
        ]
      : []),
  ];
}
