import { Pagination } from "@mantine/core";
import type { Pagination as Place } from "@onswift/sdk";

/** Leads to the other pages of a list, if there are any. */
export function Pages({
  pagination: { page, totalPages },
  onPage,
}: {
  readonly pagination: Place;
  readonly onPage: (page: number) => void;
}) {
  if (totalPages < 2) return null;
  return (
    <Pagination
      mt="lg"
      total={totalPages}
      value={page}
      onChange={onPage}
      getControlProps={(control) => ({ "aria-label": `${control} page` })}
    />
  );
}
