import type { Pagination } from "@onswift/sdk";
import { lazy, Suspense, useEffect } from "react";

// Most lists have one page only.
const Links = lazy(() =>
  import("./page-links.tsx").then(({ PageLinks }) => ({ default: PageLinks })),
);

/** Leads to the other pages of a list, if there are any. Who is behind the last one, as after a deletion, is led to it. */
export function Pages({
  pagination: { page, totalPages },
  onPage,
}: {
  readonly pagination: Pagination;
  /** `replace`: the page that is left is none, and the back button must not lead to it. */
  readonly onPage: (page: number, replace: boolean) => void;
}) {
  const last = Math.max(totalPages, 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page, not for each drawing
  useEffect(() => {
    if (page > last) onPage(last, true);
  }, [page, last]);
  return (
    totalPages > 1 && (
      <Suspense>
        <Links page={page} total={totalPages} onPage={(to) => onPage(to, false)} />
      </Suspense>
    )
  );
}
