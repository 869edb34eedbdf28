/** Which bytes of a file are wanted, both ends included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header: a span, `"none"` when the whole file is to be sent (no range, several of them, or
 * one that makes no sense), or `"unsatisfiable"`.
 */
export function spanOf(header: string | undefined, size: number): Span | "none" | "unsatisfiable" {
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
