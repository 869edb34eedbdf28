import type { ErrorResponse } from "./error-responses.ts";
import { type Destination, pathOf } from "./routes.ts";

const verbs: Readonly<Record<string, string>> = { DELETE: "DELETE", PATCH: "UPDATE" };
/** PostgREST parameters that do not filter rows. */
const nonFilters = new Set(["select", "columns", "order", "offset", "on_conflict"]);

/**
 * Returns the error for a request that would update or delete every row of a table, or undefined. Hosted
 * Supabase rejects such statements with the extension `safeupdate`, a C library that npm does not have. This
 * checks the request, not the statement, so it does not cover SQL inside functions.
 */
export function unfilteredWriteError(
  method: string | undefined,
  destination: Destination,
): ErrorResponse | undefined {
  const verb = verbs[method ?? ""];
  if (
    verb === undefined ||
    destination.upstream !== "postgrest" ||
    !isTable(pathOf(destination.target))
  ) {
    return undefined;
  }
  const query = new URLSearchParams(destination.target.slice(pathOf(destination.target).length));
  // A filter on an embedded table, such as `author.name=eq.x`, does not filter the rows of this table.
  if ([...query.keys()].some((name) => !nonFilters.has(name) && !isEmbeddedFilter(name))) {
    return undefined;
  }
  const message = `${verb} requires a WHERE clause`;
  return { status: 400, body: { code: "21000", details: null, hint: null, message } };
}

const isTable = (path: string): boolean => /^\/[^/]+\/?$/.test(path);

const isEmbeddedFilter = (name: string): boolean =>
  name.includes(".") && !/^not\.(and|or)$/.test(name);
