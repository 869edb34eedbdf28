import { type Call, call, type Seen } from "./result.ts";

/** The position of a page in its list. */
export interface Pagination {
  /** Number of this page, starting at 1. */
  readonly page: number;
  /** Items per page that the backend used, after applying its maximum. */
  readonly limit: number;
  /** Number of items in the list. */
  readonly total: number;
  readonly totalPages: number;
  readonly hasNext: boolean;
  readonly hasPrev: boolean;
}

/**
 * A call that returns a list. Awaited, it resolves to one page. Iterated, it returns every item from that
 * page on that is in the list when the iteration begins, whatever the loop does to the items: it loads all
 * pages, if there are several, before it returns the first item. (Messages, search results and logs are
 * loaded page by page instead, because their pages start at an item.) Iteration throws the {@link OnSwiftError}.
 *
 * @example
 * ```ts
 * for await (const project of onswift.projects.list({ status: "in-progress" })) {
 *   console.log(project.name);
 * }
 * ```
 */
export interface ListCall<Page, Item> extends Call<Page>, AsyncIterable<Item> {
  /**
   * Loads the page after this one, with the same filter. Its `data` is `null` after the last page.
   *
   * @example
   * ```ts
   * const first = onswift.projects.list({ limit: 20 });
   * const second = first.nextPage();
   * const { data } = await second; // null if the first page is the last one
   * ```
   */
  nextPage(): ListCall<Page | null, Item>;
  /** Collects what an iteration returns, but at most `max` items. */
  toArray(max?: number): Call<readonly Item[]>;
}

/**
 * How a list continues.
 *
 * @internal
 */
export interface Paging<Page, Item> {
  items(page: Page): readonly Item[];
  /** The arguments that load the page after this one; `null` on the last page. */
  next(page: Page): object | null;
  /** Loads every item before the first one is returned, where pages shift when items come and go. */
  all?(first: Page, load: (place: object) => Promise<Page>): Promise<Iterable<Item>>;
}

/**
 * Creates a list call. `load` loads the page at a place; `first` starts at the place in the caller's filter.
 *
 * @internal
 */
export function listCall<Page, Item extends Identified>(
  load: (place: object, seen?: Seen) => Promise<Page>,
  paging: Paging<Page, Item>,
): ListCall<Page, Item> {
  const loadPage = (place: object) => call(() => load(place)).orThrow();
  // Without the symbol, as in the engine of React Native, Babel's loops look for this name.
  const key: typeof Symbol.asyncIterator = Symbol.asyncIterator ?? "@@asyncIterator";

  const listFrom = (start: (seen: Seen) => Promise<Page | null>): ListCall<Page | null, Item> => {
    const first = call(start);
    const iterate = async function* () {
      let page = await first.orThrow();
      if (page && paging.all) return yield* await paging.all(page, loadPage);
      // An item that moved behind the place of the next page meanwhile is returned only once.
      const seen = new Set<string>();
      while (page) {
        for (const item of paging.items(page)) {
          if (!seen.has(item.id)) yield item;
          seen.add(item.id);
        }
        const place = paging.next(page);
        page = place && (await loadPage(place));
      }
    };
    return Object.assign(first, {
      [key]: iterate,
      nextPage: () =>
        listFrom(async (seen) => {
          const page = await first.orThrow();
          const place = page && paging.next(page);
          return place && load(place, seen);
        }),
      toArray: (max = Number.POSITIVE_INFINITY) =>
        call(async () => {
          const items: Item[] = [];
          if (max <= 0) return items;
          const page = await first.orThrow();
          const here = page ? paging.items(page) : items;
          // No other page is needed, however long the list is.
          if (here.length >= max) return here.slice(0, max);
          for await (const item of iterate()) if (items.push(item) >= max) break;
          return items;
        }),
    });
  };
  // Only a next page can be missing.
  return listFrom((seen) => load({}, seen)) as ListCall<Page, Item>;
}

/**
 * Pages by number. `items` returns the part of a page that is iterated.
 *
 * @internal
 */
export function numbered<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  items: (page: Page) => readonly Item[],
): Paging<Page, Item> {
  return {
    items,
    next: ({ pagination: { hasNext, page } }) => (hasNext ? { page: page + 1 } : null),
    async all(first, load) {
      const { hasNext, page, limit } = first.pagination;
      if (!hasNext) return items(first);
      // Were a page loaded after the loop has deleted or changed items of the one before, it would begin too late.
      const found = new Map<string, Item>();
      const start = (page - 1) * limit;
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        if (!(await addItems(found, start, load, items))) break;
      }
      return found.values();
    },
  };
}

/**
 * Pages whose next one starts at the cursor of the one before.
 *
 * @internal
 */
export const byCursor = <Page extends { readonly nextCursor: string | null }, Item>(
  items: (page: Page) => readonly Item[],
): Paging<Page, Item> => ({
  items,
  next: ({ nextCursor }) => (nextCursor === null ? null : { page: undefined, cursor: nextCursor }),
});

/**
 * Pages whose next one starts after the last item of the one before, so that new items do not shift them.
 *
 * @internal
 */
export const byLastItem = <Page extends { readonly hasMore: boolean }, Item extends Identified>(
  items: (page: Page) => readonly Item[],
  direction: "before" | "after" = "before",
): Paging<Page, Item> => ({
  items,
  next(page) {
    const last = items(page).at(-1);
    return page.hasMore && last ? { [direction]: last.id } : null;
  },
});

/** The largest page that the backend returns. */
const largestPage = 100;
/** Others may change a list while it is loaded. */
const maxAttempts = 3;

/** Adds the items from the position `start` on. Returns whether the list changed its length meanwhile. */
async function addItems<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  found: Map<string, Item>,
  start: number,
  loadPage: (place: object) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): Promise<boolean> {
  let total: number | undefined;
  for (let number = Math.floor(start / largestPage) + 1; ; number++) {
    const page = await loadPage({ page: number, limit: largestPage });
    const before = Math.max(0, start - (number - 1) * largestPage);
    for (const item of items(page).slice(before)) found.set(item.id, item);
    total ??= page.pagination.total;
    if (!page.pagination.hasNext) return page.pagination.total !== total;
  }
}

interface Identified {
  readonly id: string;
}
