/**
 * Plots of ratios for docs/performance.md: a mark for each figure, the goal as a line. No library draws them. In a browser
 * they have the theme of the page around them, also where that is not the one of the system.
 */
import { join } from "node:path";
import type { GeneratedFile } from "../../scripts/error-codes.ts";
import { root } from "../../scripts/root.ts";
import { type Figure, isMissed } from "./report.ts";

const folder = join(root, "docs", "performance");
const width = 860;
const left = 300;
const right = 60;
const rowHeight = 20;
const top = 56;

/** With a ground of their own, so that a viewer that does not know the page's theme shows them readable too. */
export const themes = {
  light: {
    ground: "#ffffff",
    text: "#1f2328",
    tick: "#57606a",
    grid: "#8c939c",
    goal: "#111111",
    met: "#0a7d55",
    missed: "#c2410c",
  },
  dark: {
    ground: "#17181c",
    text: "#e6e8ec",
    tick: "#a8adb8",
    grid: "#6f7580",
    goal: "#ffffff",
    met: "#3fbf8f",
    missed: "#f0883e",
  },
} as const;

const colors = (theme: keyof typeof themes): string => {
  const { ground, text, tick, grid, goal, met, missed } = themes[theme];
  return `svg { background: ${ground}; fill: ${text}; } .tick { fill: ${tick}; } .grid { stroke: ${grid}; } .goal { stroke: ${goal}; }
.met { fill: ${met}; stroke: ${ground}; } .missed { fill: ${missed}; stroke: ${ground}; }`;
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Plot {
  readonly file: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** The row of a figure; figures of one row are its marks. */
  readonly rowOf: (figure: Figure) => string;
}

/** On a logarithmic scale, since what is missed is missed by factors. */
function drawing({ title, figures, rowOf }: Plot): string {
  const rows = [...new Set(figures.map(rowOf))];
  const values = figures.map(({ p50 }) => Math.max(p50, 0.05));
  const least = Math.min(0.5, ...values);
  const most = Math.max(4, ...values) * 1.1;
  const x = (value: number) =>
    left +
    ((width - left - right) * Math.log(Math.max(value, least) / least)) / Math.log(most / least);
  const height = top + rows.length * rowHeight + 12;
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].filter(
    (tick) => tick >= least && tick <= most,
  );
  const lines = ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(tick).toFixed(1)} ${top - 8}V${height - 8}"/><text class="tick" x="${x(tick).toFixed(1)}" y="${top - 14}">${tick}</text>`,
  );
  const marks = rows.flatMap((row, at) => {
    const y = top + at * rowHeight + rowHeight / 2;
    const own = figures.filter((figure) => rowOf(figure) === row);
    const goals = new Set(own.flatMap(({ goal }) => (goal === undefined ? [] : [goal])));
    return [
      `<text class="name" x="${left - 10}" y="${y + 4}">${escaped(row)}</text>`,
      ...[...goals].map((goal) => `<path class="goal" d="M${x(goal).toFixed(1)} ${y - 8}v16"/>`),
      ...own.map(
        (figure) =>
          `<circle class="${isMissed(figure) ? "missed" : "met"}" cx="${x(figure.p50).toFixed(1)}" cy="${y}" r="4"><title>${escaped(figure.name)}: ${figure.p50}</title></circle>`,
      ),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
svg { font: 12px system-ui, sans-serif; }
.title { font-weight: 600; font-size: 14px; } .name { text-anchor: end; } .tick { text-anchor: middle; }
.grid { stroke-dasharray: 1 3; } .goal { stroke-width: 2; }
${colors("light")}
@media (prefers-color-scheme: dark) {
${colors("dark")}
}
</style>
<text class="title" x="12" y="22">${escaped(title)}</text>
${[...lines, ...marks].join("\n")}
</svg>
`;
}

const nameBefore = (end: RegExp) => (figure: Figure) => figure.name.split(end)[0] ?? "";

export function plotFiles(figures: readonly Figure[]): readonly GeneratedFile[] {
  const of = (part: string) =>
    figures.filter((figure) => figure.part === part && figure.unit === "×");
  const isCompared = ({ name }: Figure) => name.endsWith("/ ordinary");
  const plots: readonly Plot[] = [
    {
      file: "operations.svg",
      title:
        "Operations: time ÷ a page of documents by primary key (lines: goals of ordinary and heavy users)",
      figures: of("api").filter((figure) => !isCompared(figure)),
      rowOf: nameBefore(/\(/),
    },
    {
      file: "heavy-users.svg",
      title: "Operations: heavy users ÷ ordinary ones, for as many rows",
      figures: of("api").filter(isCompared),
      rowOf: nameBefore(/\(/),
    },
    {
      file: "tables.svg",
      title: "Plain tables: time under row-level security ÷ the same rows by primary key",
      figures: of("tables"),
      rowOf: nameBefore(/ /),
    },
    {
      file: "growth.svg",
      title:
        "Operations: time in a marketplace ten and a hundred times as large ÷ in the small one",
      figures: [...of("growth"), ...of("largest")],
      rowOf: nameBefore(/\(/),
    },
  ];
  return plots
    .filter((plot) => plot.figures.length > 0)
    .map((plot) => ({ path: join(folder, plot.file), content: drawing(plot) }));
}
