import type { Pagination } from "../core/lists.ts";
import type { PageStart } from "./types.ts";

/** Anything that lists contain. */
export interface Item {
  readonly id: string;
}

/** What the pages of all lists can have. */
interface AnyPage {
  readonly pagination?: Pagination;
  readonly nextCursor?: string | null;
  readonly hasMore?: boolean;
}

/** The items of a page: its only list. */
export const itemsOf = (page: object): readonly Item[] =>
  (Object.values(page).find(Array.isArray) as readonly Item[] | undefined) ?? [];

/** The arguments that load the page after this one; `undefined` on the last page. */
export function nextStart(page: AnyPage & object, filter: object = {}): PageStart | undefined {
  const { pagination, nextCursor, hasMore } = page;
  if (nextCursor !== undefined)
    return nextCursor === null ? undefined : { page: undefined, cursor: nextCursor };
  if (pagination) return pagination.hasNext ? { page: pagination.page + 1 } : undefined;
  const last = itemsOf(page).at(-1)?.id;
  if (!hasMore || last === undefined) return undefined;
  return { ["after" in filter ? "after" : "before"]: last };
}
