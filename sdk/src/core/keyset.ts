import { call, type ListCall } from "./result.ts";

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
