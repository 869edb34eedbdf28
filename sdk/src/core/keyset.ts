import { call, type ListCall } from "./result.ts";

/**
 * A list call over `load` where a page begins behind the last item of the page before, whatever is added
 * meanwhile; `items` names the part of a page that is iterated.
 *
 * @internal
 */
export function keysetCall<
  Page extends { readonly hasMore: boolean },
  Item extends { readonly id: string },
>(
  load: (behind?: string) => Promise<Page>,
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
