import { isOnSwiftError, OnSwiftError } from "./errors.ts";

/** What a call resolves to: either `data`, or `error`. */
export type Result<T> =
  | { readonly data: T; readonly error: null }
  | { readonly data: null; readonly error: OnSwiftError };

/**
 * A call under way. It starts at once, never rejects, and resolves to `{ data, error }`.
 *
 * @example
 * ```ts
 * const { data, error } = await onswift.projects.get(id);
 * const project = await onswift.projects.get(id).orThrow();
 * ```
 */
export interface Call<T> extends Promise<Result<T>> {
  /** The bare value; rejects with the {@link OnSwiftError} instead of returning it. */
  orThrow(): Promise<T>;
}

/** Where a page stands in its list. */
export interface Pagination {
  /** This page's number, from 1. */
  readonly page: number;
  /** Items a page, after the backend's maximum was applied. */
  readonly limit: number;
  /** Items in the whole list. */
  readonly total: number;
  readonly totalPages: number;
  readonly hasNext: boolean;
  readonly hasPrev: boolean;
}

/**
 * A list call: awaited, it gives one page in the documented shape; iterated, every item from that
 * page on, asking for further pages as they are needed. Iteration throws the {@link OnSwiftError}.
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
 * Starts `work` now and wraps what becomes of it.
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
 * A list call over `load`; `items` names the part of a page that is iterated.
 *
 * @internal
 */
export function listCall<Page extends { readonly pagination: Pagination }, Item extends Identified>(
  load: (page?: number) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): ListCall<Page, Item> {
  const first = call(load);
  const iterate = async function* () {
    // A row added meanwhile moves the others on to the next page: nothing is handed out twice.
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
    return { data: null, error: isOnSwiftError(cause) ? cause : unforeseen(cause) };
  }
}

/** Nothing may escape as a rejection, not even a storage that throws or an input that has cycles. */
function unforeseen(cause: unknown): OnSwiftError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OnSwiftError({ code: "INTERNAL_ERROR", message: reason, cause });
}
