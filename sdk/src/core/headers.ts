/** Headers with names in lower case. A plain object: React Native's `fetch` loses the entries of a `Headers`. */
export type PlainHeaders = Readonly<Record<string, string>>;

/** Converts headers without iterating them, which React Native's `Headers` does not support. */
export function plainHeaders(headers: Headers | PlainHeaders): PlainHeaders {
  const plain: Record<string, string> = {};
  // Early 2.x versions of supabase-js have a plain object.
  const list =
    typeof headers.get === "function" ? (headers as Headers) : new Headers(headers as PlainHeaders);
  list.forEach((value, name) => {
    plain[name.toLowerCase()] = value;
  });
  return plain;
}
