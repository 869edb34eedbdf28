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
 * page on and loads further pages when they are needed. Iteration throws the {@link OnSwiftError}.
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

/**
 * Creates a list call that loads pages with `load`. `items` returns the part of a page that is iterated.
 *
 * @internal
 */
export function listCall<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  load: (page?: number) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): ListCall<Page, Item> {
  const first = call(load);
  const iterate = async function* () {
    // An item added during the iteration moves others to the next page. They are returned only once.
    const seen = new Set<string>();
    let page = await first.orThrow();
    for (;;) {
      for (const item of items(page)) {
        if (seen.has(item.id)) continue;
        seen.add(item.id);
        yield item;
      }
      if (!page.pagination.hasNext) return;
      page = await call(() => load(page.pagination.page + 1)).orThrow();
    }
  };
  return Object.assign(first, { [Symbol.asyncIterator]: iterate });
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
