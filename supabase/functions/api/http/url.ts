import { validationError } from "./errors.ts";
import { storable } from "./text.ts";

/** Refuses a URL with invalid percent-encoding, which programs could decode differently. */
export function assertDecodable(url: string): void {
  const { pathname, search } = new URL(url);
  for (const [field, part] of [
    ["path", pathname],
    ["query", search],
  ] as const) {
    try {
      decodeURIComponent(part);
    } catch {
      throw validationError([{ field, message: "The URL must be percent-encoded UTF-8." }]);
    }
  }
}

/**
 * The query parameters as one object. A repeated parameter is refused, because it is ambiguous, unless it is one
 * of `lists`: `skills[]=A&skills[]=B` and `skills=A&skills=B` are both `{skills: ["A", "B"]}`.
 */
export function queryOf(
  url: string,
  lists: readonly string[] = [],
): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [sent, value] of new URL(url).searchParams) {
    const list = lists.find((name) => sent === name || sent === `${name}[]`);
    if (list !== undefined) {
      query[list] = [...(query[list] ?? []), storable(value)];
      continue;
    }
    if (sent in query) {
      throw validationError([
        { field: sent, message: "A query parameter must be sent only once." },
      ]);
    }
    query[sent] = storable(value);
  }
  return query;
}

/** The value of `Allow`. `OPTIONS` is always possible, and `HEAD` wherever `GET` is. */
export function allowOf(methods: readonly string[]): string {
  const upper = methods.map((method) => method.toUpperCase());
  return [...upper, ...(upper.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}
