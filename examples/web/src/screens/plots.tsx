import type { Analytics } from "@onswift/sdk";
import type { ReactNode } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatDay } from "../parts/words.ts";

const text = { fill: "var(--mantine-color-dimmed)", fontSize: 12 };
const axis = { tick: text, tickLine: false, axisLine: false };
const tooltip = {
  contentStyle: {
    background: "var(--card)",
    border: "1px solid var(--line)",
    borderRadius: 8,
    color: "var(--mantine-color-text)",
  },
  cursor: { fill: "var(--shade)" },
};
const colours = { blue: "#657ddf", green: "#3f9d6b", amber: "#d08a1d" };

interface Series {
  readonly key: string;
  readonly name: string;
  readonly colour: keyof typeof colours;
}

/** Bars of several series, upwards or to the right. The axes differ, so they are the children. */
function Bars({
  data,
  series,
  height,
  unit,
  isVertical = false,
  children,
}: {
  readonly data: readonly object[];
  readonly series: readonly Series[];
  readonly height: number;
  readonly unit?: string;
  readonly isVertical?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div style={{ height }}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={[...data]}
          layout={isVertical ? "vertical" : "horizontal"}
          margin={isVertical ? { left: 0, right: 16 } : { left: -24 }}
          accessibilityLayer
        >
          <CartesianGrid stroke="var(--line)" vertical={isVertical} horizontal={!isVertical} />
          {children}
          <Tooltip {...tooltip} />
          <Legend
            itemSorter={null}
            formatter={(label) => (
              <span style={{ color: "var(--mantine-color-text)" }}>{label}</span>
            )}
          />
          {series.map(({ key, name, colour }) => (
            <Bar
              key={key}
              isAnimationActive={false}
              dataKey={key}
              name={name}
              unit={unit ?? ""}
              fill={colours[colour]}
              radius={isVertical ? [0, 3, 3, 0] : [3, 3, 0, 0]}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** How many tasks, deliverables and reviews there were in each part of the period. */
export function Timeline({ figures }: { readonly figures: Analytics }) {
  return (
    <Bars
      data={figures.timeline.map((part) => ({ ...part, day: formatDay(part.start) }))}
      height={260}
      series={[
        { key: "tasksCompleted", name: "Tasks completed", colour: "blue" },
        { key: "deliverablesSubmitted", name: "Deliverables submitted", colour: "green" },
        { key: "reviews", name: "Reviews", colour: "amber" },
      ]}
    >
      <XAxis dataKey="day" {...axis} minTickGap={24} />
      <YAxis allowDecimals={false} {...axis} />
    </Bars>
  );
}

/** Which share of the tasks due is completed, and on time, for each project. */
export function Rates({ projects }: { readonly projects: NonNullable<Analytics["projects"]> }) {
  const percent = (rate: number | null) => Math.round((rate ?? 0) * 100);
  const data = projects.map(({ name, completionRate, onTimeRate }) => ({
    name,
    completed: percent(completionRate),
    onTime: percent(onTimeRate),
  }));
  return (
    <Bars
      data={data}
      height={60 + data.length * 44}
      unit=" %"
      isVertical
      series={[
        { key: "completed", name: "Completed", colour: "blue" },
        { key: "onTime", name: "On time", colour: "green" },
      ]}
    >
      <XAxis type="number" domain={[0, 100]} unit=" %" {...axis} />
      <YAxis type="category" dataKey="name" width={150} {...axis} />
    </Bars>
  );
}
