/** A range of bytes, including both ends. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a `Range` header. Returns `"none"` when the whole file is to be sent (no range, several ranges, or a
 * malformed one) and `"unsatisfiable"` when the range starts beyond the end.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "none" | "unsatisfiable" {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return "none";
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return "none";
  return start >= size ? "unsatisfiable" : { start, end };
}
