/** What a run has measured: as a table with goals and whether they are met, and as a file. */
import { cpus } from "node:os";
import { quantile } from "./figures.ts";

export interface Figure {
  readonly part: string;
  readonly name: string;
  /** `×` is a ratio to something that was measured in the same moment. */
  readonly unit: "×" | "ms" | "MiB" | "kB" | "requests";
  readonly p50: number;
  readonly p95?: number;
  /** What must not be exceeded, by the median. Without a goal, the figure is for orientation. */
  readonly goal?: number;
  /** Of a ratio: its milliseconds, for orientation. */
  readonly ms?: number;
}

export interface Samples {
  readonly rounds: number;
  readonly samples: number;
}

/** A figure of many samples. */
export function figureOf(
  about: Pick<Figure, "part" | "name" | "unit" | "goal">,
  values: readonly number[],
  times?: readonly number[],
): Figure {
  const ms = times === undefined ? {} : { ms: rounded(quantile(times, 0.5)) };
  return {
    ...about,
    p50: rounded(quantile(values, 0.5)),
    p95: rounded(quantile(values, 0.95)),
    ...ms,
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

export const isMissed = ({ p50, goal }: Figure): boolean => goal !== undefined && p50 > goal;

const cell = (value: number | undefined): string =>
  (value === undefined ? "" : String(value)).padStart(9);

export function figureTable(figures: readonly Figure[]): string {
  const width = Math.max(0, ...figures.map(({ name }) => name.length));
  const lines: string[] = [];
  let part = "";
  for (const figure of figures) {
    if (figure.part !== part) {
      part = figure.part;
      lines.push(`\n${part.padEnd(width)}       p50      p95     goal               ms`);
    }
    const { name, unit, p50, p95, goal, ms } = figure;
    const result = goal === undefined ? "" : isMissed(figure) ? "MISSED" : "met";
    lines.push(
      `${name.padEnd(width)} ${cell(p50)}${cell(p95)}${cell(goal)} ${unit.padEnd(8)} ${result.padEnd(6)}${cell(ms)}`,
    );
  }
  const missed = figures.filter(isMissed).length;
  const judged = figures.filter(({ goal }) => goal !== undefined).length;
  return [...lines, `\n${judged - missed} of ${judged} goals met.`].join("\n");
}

/** The file from which docs/performance.md has its figures. */
export function resultsFile(figures: readonly Figure[], about: Record<string, unknown>): string {
  const machine = { processors: cpus().length, node: process.version };
  const lines = figures.map((figure) => `    ${JSON.stringify(figure)}`).join(",\n");
  const head = JSON.stringify({ ...about, machine }, null, 2).slice(0, -2);
  return `${head},\n  "figures": [\n${lines}\n  ]\n}\n`;
}
