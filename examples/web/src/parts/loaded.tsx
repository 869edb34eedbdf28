import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote, ErrorScreen } from "./errors.tsx";

/**
 * Shows a query: a skeleton while it loads, the error if it fails, else its data. Data that could not be loaded
 * again stays on the screen.
 */
export function Loaded<T>({
  query,
  children,
  skeleton = <Rows />,
  whole = false,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  readonly skeleton?: ReactNode;
  /** Whether the error takes the place of the whole screen. */
  readonly whole?: boolean;
}) {
  if (query.data !== undefined) return children(query.data);
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
