/** A piece of `api.export_me`: parts of the export, and where the next piece begins. */
export interface ExportPiece {
  readonly next: string | null;
  readonly exportedAt: string;
  readonly [part: string]: unknown;
}

/**
 * Joins pieces to one JSON object, so that neither an account nor its text is ever in memory as a whole. Each part
 * is written once; the items of a list that goes on in the next piece are written as they come. `exportedAt` is that of
 * the first piece.
 */
export async function* joinPieces(
  first: ExportPiece,
  load: (after: string) => Promise<ExportPiece>,
): AsyncGenerator<string> {
  yield `{"exportedAt":${JSON.stringify(first.exportedAt)}`;
  /** The list that is not closed yet, and whether it has items. */
  let open: { name: string; isEmpty: boolean } | undefined;
  for (let piece = first; ; ) {
    const { next, exportedAt: _, ...parts } = piece;
    const goesOn = next === null ? undefined : listOf(next);
    // The list that began in an earlier piece comes first, the one that goes on in the next comes last.
    const names = Object.keys(parts).filter((name) => name !== open?.name && name !== goesOn);
    const ordered = [open?.name, ...names, goesOn === open?.name ? undefined : goesOn];
    for (const name of ordered) {
      if (name === undefined) continue;
      const value = parts[name];
      if (name !== open?.name && name !== goesOn) {
        yield `,${JSON.stringify(name)}:${JSON.stringify(value)}`;
        continue;
      }
      const list: { name: string; isEmpty: boolean } =
        open?.name === name ? open : { name, isEmpty: true };
      if (open !== list) yield `,${JSON.stringify(name)}:[`;
      const items = JSON.stringify(value ?? []).slice(1, -1);
      if (items !== "") yield list.isEmpty ? items : `,${items}`;
      open = { name, isEmpty: list.isEmpty && items === "" };
      if (name !== goesOn) {
        yield "]";
        open = undefined;
      }
    }
    if (next === null) break;
    piece = await load(next);
  }
  yield "}";
}

/** A cursor begins with the name of the list that it is in. */
const listOf = (next: string): string => next.slice(0, next.indexOf("|"));
