/**
 * `Prefer: envelope` puts the same answer into `{data, meta}`: a list's items are `data` and its
 * pagination goes to `meta`. Without it the answer is the documented shape as it came.
 */
export const wantsEnvelope = (headers: Headers): boolean =>
  (headers.get("prefer") ?? "")
    .split(/[,;]/)
    .some((preference) => preference.trim().toLowerCase() === "envelope");

export function envelop(json: string, list: string | undefined): string {
  const value = JSON.parse(json);
  if (list === undefined) return JSON.stringify({ data: value, meta: {} });
  const { [list]: data, ...meta } = value;
  return JSON.stringify({ data, meta });
}
