import { Skeleton, Stack } from "@mantine/core";
import { isOnSwiftError } from "@onswift/sdk";
import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote, ErrorScreen } from "./errors.tsx";

/** Data that could not be loaded again stays on the screen, unless it was deleted or is no longer for this person. */
const goneCodes: readonly string[] = ["NOT_FOUND", "FORBIDDEN"];
const isGone = (error: unknown) => isOnSwiftError(error) && goneCodes.includes(error.code);

/** Shows a query: a skeleton while it loads, the error if it fails, else its data. */
export function Loaded<T>({
  query,
  children,
  skeleton = <Rows />,
  whole = false,
}: {
  readonly query: UseQueryResult<T> | UseInfiniteQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  readonly skeleton?: ReactNode;
  /** Whether the error takes the place of the whole screen. */
  readonly whole?: boolean;
}) {
  if (query.data !== undefined && !isGone(query.error)) {
    return (
      <>
        {children(query.data)}
        {"fetchNextPage" in query && query.isFetchNextPageError && (
          <ErrorNote error={query.error} onRetry={() => void query.fetchNextPage()} />
        )}
      </>
    );
  }
  if (query.error === null) return skeleton;
  const retry = () => void query.refetch();
  return whole ? (
    <ErrorScreen error={query.error} onRetry={retry} />
  ) : (
    <ErrorNote error={query.error} onRetry={retry} />
  );
}

export function Rows({
  count = 4,
  height = 72,
}: {
  readonly count?: number;
  readonly height?: number;
}) {
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: count }, (_, index) => index).map((row) => (
        <Skeleton key={row} height={height} radius="lg" />
      ))}
    </Stack>
  );
}
