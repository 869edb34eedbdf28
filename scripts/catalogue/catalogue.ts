import type { ISql } from "postgres";
import { parts } from "./parts.ts";

/** The schema of a database as text: each object under its kind and name, with its definition. */
export type Catalogue = ReadonlyMap<string, string>;

export async function readCatalogue(sql: ISql): Promise<Catalogue> {
  const catalogue = new Map<string, string>();
  for (const [kind, query] of Object.entries(parts)) {
    for (const { name, definition } of await sql.unsafe<Row[]>(query)) {
      const key = `${kind} ${name}`;
      if (catalogue.has(key)) throw new Error(`Two objects are called "${key}".`);
      catalogue.set(key, definition ?? "");
    }
  }
  return catalogue;
}

interface Row {
  readonly name: string;
  readonly definition: string | null;
}

/** A line for each difference, sorted; empty when the two schemas are the same. */
export function differences(
  one: Catalogue,
  other: Catalogue,
  [oneName, otherName]: readonly [string, string],
): readonly string[] {
  const lines: string[] = [];
  for (const [key, definition] of one) {
    const counterpart = other.get(key);
    if (counterpart === undefined) lines.push(`${key}: only in ${oneName}`);
    else if (counterpart !== definition) {
      lines.push(`${key}:\n    ${oneName}: ${definition}\n    ${otherName}: ${counterpart}`);
    }
  }
  for (const key of other.keys()) if (!one.has(key)) lines.push(`${key}: only in ${otherName}`);
  return lines.sort();
}
