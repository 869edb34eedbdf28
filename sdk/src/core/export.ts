import type { AccountExport, ExportPiece } from "../types/users.ts";

/**
 * Joins the pieces of an export to one value, of the moment of the first.
 *
 * @internal
 */
export async function joinPieces(pieces: AsyncIterable<ExportPiece>): Promise<AccountExport> {
  const whole: Record<string, unknown> = {};
  for await (const { next: _, ...parts } of pieces) {
    for (const [name, value] of Object.entries(parts)) {
      const before = whole[name];
      if (Array.isArray(before) && Array.isArray(value)) before.push(...value);
      else if (before === undefined) whole[name] = value;
    }
  }
  return whole as unknown as AccountExport;
}
