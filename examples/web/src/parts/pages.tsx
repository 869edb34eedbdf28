import type { Pagination } from "@onswift/sdk";
import { lazy, Suspense } from "react";

// Most lists have one page only.
const Links = lazy(() =>
  import("./page-links.tsx").then(({ PageLinks }) => ({ default: PageLinks })),
);

/** Leads to the other pages of a list, if there are any. */
export function Pages({
  pagination: { page, totalPages },
  onPage,
}: {
  readonly pagination: Pagination;
  readonly onPage: (page: number) => void;
}) {
  return (
    totalPages > 1 && (
      <Suspense>
        <Links page={page} total={totalPages} onPage={onPage} />
      </Suspense>
    )
  );
}
