import type { PagedQuery } from "@onswift/sdk/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

/** A list with all its pages, for what has no page links: the first is shown while the next ones are loaded. */
export function useAllPages<Page, Item>(options: PagedQuery<Page, Item>) {
  const query = useInfiniteQuery(options);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}
