import { isOnSwiftError, OnSwiftError } from "./errors.ts";

/** The result of a call: either `data` or `error`. */
export type Result<T> =
  | { readonly data: T; readonly error: null }
  | { readonly data: null; readonly error: OnSwiftError };

/**
 * A running call. It starts at once, never rejects and resolves to `{ data, error }`.
 *
 * @example
 * ```ts
 * const { data, error } = await onswift.projects.get(id);
 * const project = await onswift.projects.get(id).orThrow();
 * ```
 */
export interface Call<T> extends Promise<Result<T>> {
  /** Resolves to `data`, or rejects with the {@link OnSwiftError}. */
  orThrow(): Promise<T>;
}

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
export interface ListCall<Page, Item> extends Call<Page>, AsyncIterable<Item> {}

/**
 * Starts `work` at once and returns it as a call.
 *
 * @internal
 */
export function call<T>(work: () => Promise<T>): Call<T> {
  const settled = settle(work);
  const orThrow = async () => {
    const result = await settled;
    if (result.error) throw result.error;
    return result.data;
  };
  return Object.assign(settled, { orThrow });
}

/** The page to load instead of the one in the filter. */
export interface Place {
  readonly page?: number;
  readonly limit?: number;
}

/**
 * Creates a list call that loads pages by number. `items` returns the part of a page that is iterated.
 *
 * @internal
 */
export function listCall<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  load: (place: Place) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): ListCall<Page, Item> {
  const first = call(() => load({}));
  const iterate = async function* () {
    const page = await first.orThrow();
    if (!page.pagination.hasNext) return yield* items(page);
    // Were a page loaded after the loop has deleted or changed items of the one before, it would begin too late.
    const loadPage = (place: Place) => call(() => load(place)).orThrow();
    const found = new Map<string, Item>();
    const { pagination } = page;
    const start = (pagination.page - 1) * pagination.limit;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      if (!(await addItems(found, start, loadPage, items))) break;
    }
    yield* found.values();
  };
  return Object.assign(first, { [Symbol.asyncIterator]: iterate });
}

/** The largest page that the backend returns. */
const largestPage = 100;
/** Others may change a list while it is loaded. */
const maxAttempts = 3;

/** Adds the items from the position `start` on. Returns whether the list changed its length meanwhile. */
async function addItems<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  found: Map<string, Item>,
  start: number,
  loadPage: (place: Place) => Promise<Page>,
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

async function settle<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { data: await work(), error: null };
  } catch (cause) {
    return { data: null, error: isOnSwiftError(cause) ? cause : unexpectedError(cause) };
  }
}

/** Calls never reject, not even when the session storage throws or the input has cycles. */
function unexpectedError(cause: unknown): OnSwiftError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OnSwiftError({ code: "INTERNAL_ERROR", message: reason, cause });
}
