/** The value that `share` of the samples (0 to 1) do not exceed. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export interface Row {
  readonly name: string;
  readonly samples: readonly number[];
}

const inMs = (value: number): string => `${value.toFixed(1)} ms`.padStart(10);

/** A table with the median and the 95th percentile of each row, in milliseconds. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const head = `${"".padEnd(width)}  samples        p50        p95`;
  const lines = rows.map(
    ({ name, samples }) =>
      `${name.padEnd(width)}  ${String(samples.length).padStart(7)} ${inMs(quantile(samples, 0.5))} ${inMs(quantile(samples, 0.95))}`,
  );
  return [head, ...lines].join("\n");
}
