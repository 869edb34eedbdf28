import { validationError } from "./errors.ts";

/** Refuses an address with broken percent-encoding, which would otherwise be read in two ways. */
export function assertDecodable(url: string): void {
  const { pathname, search } = new URL(url);
  for (const [field, part] of [
    ["path", pathname],
    ["query", search],
  ] as const) {
    try {
      decodeURIComponent(part);
    } catch {
      throw validationError([{ field, message: "Must be valid percent-encoded UTF-8" }]);
    }
  }
}

/** Query parameters as one object. One that is given twice is ambiguous, and refused. */
export function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URL(url).searchParams) {
    if (name in query) throw validationError([{ field: name, message: "Must be given only once" }]);
    query[name] = value;
  }
  return query;
}

/** `OPTIONS` and `HEAD` come with every address that has something to ask for. */
export function allowOf(methods: readonly string[]): string {
  const upper = methods.map((method) => method.toUpperCase());
  return [...upper, ...(upper.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}
