import { Pagination } from "@mantine/core";

export function PageLinks({
  page,
  total,
  onPage,
}: {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}) {
  return (
    <Pagination
      mt="lg"
      total={total}
      value={page}
      onChange={onPage}
      getControlProps={(control) => ({ "aria-label": `${control} page` })}
    />
  );
}
