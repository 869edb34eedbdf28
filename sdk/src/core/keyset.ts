import { call, type ListCall } from "./result.ts";

/**
 * Creates a list call whose next page starts at the cursor of the previous page. An item that moved behind the
 * cursor meanwhile is returned only once. `items` returns the part of a page that is iterated.
 *
 * @internal
 */
export function cursorCall<
  Page extends { readonly nextCursor: string | null },
  Item extends { readonly id: string },
>(
  load: (cursor?: string) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): ListCall<Page, Item> {
  const first = call(() => load());
  const iterate = async function* () {
    const seen = new Set<string>();
    for (let page = await first.orThrow(); ; ) {
      for (const item of items(page)) {
        if (seen.has(item.id)) continue;
        seen.add(item.id);
        yield item;
      }
      const cursor = page.nextCursor;
      if (cursor === null) return;
      page = await call(() => load(cursor)).orThrow();
    }
  };
  return Object.assign(first, { [Symbol.asyncIterator]: iterate });
}

/**
 * Creates a list call whose next page starts after the last item of the previous page, so that new items do
 * not shift the pages. `items` returns the part of a page that is iterated.
 *
 * @internal
 */
export function keysetCall<
  Page extends { readonly hasMore: boolean },
  Item extends { readonly id: string },
>(
  load: (lastId?: string) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): ListCall<Page, Item> {
  const first = call(() => load());
  const iterate = async function* () {
    for (let page = await first.orThrow(); ; ) {
      yield* items(page);
      const last = items(page).at(-1)?.id;
      if (!page.hasMore || last === undefined) return;
      page = await call(() => load(last)).orThrow();
    }
  };
  return Object.assign(first, { [Symbol.asyncIterator]: iterate });
}
