import type { AccountExport, ExportPiece } from "../types/users.ts";
import type { Backend } from "./backend.ts";
import type { CallOptions } from "./options.ts";

/** Requests the pieces of an export one by one. */
export async function* piecesOf(
  backend: Backend,
  options: CallOptions | undefined,
): AsyncGenerator<ExportPiece, void, undefined> {
  for (let after: string | undefined; ; ) {
    const args = after === undefined ? {} : { after };
    const piece = await backend.call<ExportPiece>("read", "export_me", args, options).orThrow();
    yield piece;
    // Without a next one, also in an answer of something else, this would repeat the first for ever.
    if (!piece.next) return;
    after = piece.next;
  }
}

/** Joins the pieces of an export to one value, of the moment of the first. */
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
