import type { Tx } from "./access.ts";
import { invalidRequest } from "./errors.ts";

type Column = "name" | "updated_at" | "created_at";

/** Start and sort order of a page. */
export interface Page {
  readonly bucket: string;
  readonly prefix: string;
  readonly column: Column;
  readonly order: "asc" | "desc";
  /** The last name of the previous page, and its time when sorted by a time. */
  readonly after: string;
  readonly afterTime: string;
}

interface Entry {
  readonly name: string;
  readonly key: string;
  readonly id: string | null;
  readonly updated_at: Date;
  readonly created_at: Date;
  readonly last_accessed_at: Date;
  readonly metadata: unknown;
}

export interface Listing {
  readonly hasNext: boolean;
  readonly nextCursor?: string;
  readonly nextCursorKey?: string;
  readonly folders: readonly { readonly name: string; readonly key: string }[];
  readonly objects: readonly Entry[];
}

/** Returns the page that a cursor points to. The cursor contains the sort order it was created with. */
export function readPage(
  cursor: string | undefined,
  request: Pick<Page, "bucket" | "prefix" | "column" | "order">,
): Page {
  if (cursor === undefined || cursor === "") return { ...request, after: "", afterTime: "" };
  try {
    const { k, t, c, o } = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const column: Column = c === "updated_at" || c === "created_at" ? c : "name";
    const time = String(t ?? "");
    if (time !== "" && Number.isNaN(Date.parse(time))) throw new Error("Not a time");
    return {
      ...request,
      column,
      order: o === "desc" ? "desc" : "asc",
      after: `${k}`,
      afterTime: time,
    };
  } catch {
    throw invalidRequest("Invalid cursor");
  }
}

/** Lists one level below the prefix. Objects on deeper levels appear as folders. */
export async function listWithFolders(tx: Tx, page: Page, limit: number): Promise<Listing> {
  const levels = page.prefix.split("/").length;
  const entries = await tx<Entry[]>`
    select key, name, id, updated_at, created_at, last_accessed_at, metadata
    from storage.search_v2(
      ${page.prefix}, ${page.bucket}, ${limit + 1}, ${levels},
      ${page.after}, ${page.order}, ${page.column}, ${page.afterTime}
    )`;
  return toListing(entries, page, limit);
}

/** Lists all objects below the prefix, on every level. */
export async function listFlat(tx: Tx, page: Page, limit: number): Promise<Listing> {
  const { column, after, afterTime } = page;
  const order = page.order === "desc" ? tx`desc` : tx`asc`;
  const comparison = page.order === "desc" ? tx`<` : tx`>`;
  const time = tx`date_trunc('milliseconds', ${tx(column)})`;
  const isAfterCursor =
    column === "name"
      ? tx`name collate "C" ${comparison} ${after}`
      : tx`(${time}, name collate "C") ${comparison} (${afterTime || null}::timestamptz, ${after})`;
  const entries = await tx<Entry[]>`
    select name as key, name, id, updated_at, created_at, last_accessed_at, metadata
    from storage.objects
    where bucket_id = ${page.bucket} and starts_with(name, ${page.prefix})
      ${after === "" ? tx`` : tx`and ${isAfterCursor}`}
    order by ${column === "name" ? tx`` : tx`${time} ${order},`} name collate "C" ${order}
    limit ${limit + 1}`;
  return toListing(entries, page, limit);
}

function toListing(found: readonly Entry[], { column, order }: Page, limit: number): Listing {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const isFolder = (entry: Entry) => entry.id === null;
  const listing = {
    folders: entries.filter(isFolder).map(({ name, key }) => ({ name, key })),
    objects: entries.filter((entry) => !isFolder(entry)),
  };
  if (found.length <= limit || last === undefined) return { hasNext: false, ...listing };
  const time = column === "name" ? undefined : last[column];
  const cursor = JSON.stringify({ k: last.name, t: time, c: column, o: order });
  const nextCursor = Buffer.from(cursor).toString("base64url");
  return { hasNext: true, nextCursor, nextCursorKey: last.name, ...listing };
}
