import type { Refusal } from "./refusals.ts";
import { type Destination, pathOf } from "./routes.ts";

const verbs: Readonly<Record<string, string>> = { DELETE: "DELETE", PATCH: "UPDATE" };
/** Parameters of PostgREST that choose how to answer, and not which rows. */
const shapes = new Set(["select", "columns", "order", "offset", "on_conflict"]);

/**
 * Refuses to change or delete every row of a table at once, as hosted Supabase does by the extension
 * `safeupdate`: a C library that is not to be had from npm. Here the request is looked at instead of the
 * statement, so what functions do inside the database is not covered.
 */
export function unfiltered(method: string | undefined, to: Destination): Refusal | undefined {
  const verb = verbs[method ?? ""];
  if (verb === undefined || to.upstream !== "postgrest" || !isTable(pathOf(to.target))) {
    return undefined;
  }
  const query = new URLSearchParams(to.target.slice(pathOf(to.target).length));
  // A filter on an embedded table, `author.name=eq.x`, leaves the rows of this one as they are.
  if ([...query.keys()].some((name) => !shapes.has(name) && !isEmbeddedFilter(name))) {
    return undefined;
  }
  const message = `${verb} requires a WHERE clause`;
  return { status: 400, body: { code: "21000", details: null, hint: null, message } };
}

const isTable = (path: string): boolean => /^\/[^/]+\/?$/.test(path);

const isEmbeddedFilter = (name: string): boolean =>
  name.includes(".") && !/^not\.(and|or)$/.test(name);
