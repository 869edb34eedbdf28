/**
 * `Prefer: envelope` wraps the response in `{data, meta}`: the items of a list are `data`, its pagination is
 * in `meta`. Without it the response has its documented shape.
 */
export const wantsEnvelope = (headers: Headers): boolean =>
  (headers.get("prefer") ?? "")
    .split(/[,;]/)
    .some((preference) => preference.trim().toLowerCase() === "envelope");

export function wrapInEnvelope(json: string, list: string | undefined): string {
  const value = JSON.parse(json);
  if (list === undefined) return JSON.stringify({ data: value, meta: {} });
  const { [list]: data, ...meta } = value;
  return JSON.stringify({ data, meta });
}

/** The same for a response that is sent in parts and is no list. */
export async function* wrapParts(parts: AsyncIterable<string>): AsyncGenerator<string> {
  yield '{"data":';
  yield* parts;
  yield ',"meta":{}}';
}
