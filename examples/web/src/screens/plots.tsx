import type { Analytics } from "@onswift/sdk";
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

/** How many tasks, deliverables and reviews there were in each part of the period. */
export function Timeline({ figures }: { readonly figures: Analytics }) {
  const data = figures.timeline.map((part) => ({ ...part, day: formatDay(part.start) }));
  return (
    <div style={{ height: 260 }}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} margin={{ left: -24 }} accessibilityLayer>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey="day" tick={text} tickLine={false} axisLine={false} minTickGap={24} />
          <YAxis allowDecimals={false} tick={text} tickLine={false} axisLine={false} />
          <Tooltip {...tooltip} />
          <Legend
            formatter={(label) => (
              <span style={{ color: "var(--mantine-color-text)" }}>{label}</span>
            )}
          />
          <Bar
            isAnimationActive={false}
            dataKey="tasksCompleted"
            name="Tasks completed"
            fill={colours.blue}
            radius={[3, 3, 0, 0]}
          />
          <Bar
            isAnimationActive={false}
            dataKey="deliverablesSubmitted"
            name="Deliverables submitted"
            fill={colours.green}
            radius={[3, 3, 0, 0]}
          />
          <Bar
            isAnimationActive={false}
            dataKey="reviews"
            name="Reviews"
            fill={colours.amber}
            radius={[3, 3, 0, 0]}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
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
    <div style={{ height: 60 + data.length * 44 }}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} layout="vertical" margin={{ left: 0, right: 16 }} accessibilityLayer>
          <CartesianGrid stroke="var(--line)" horizontal={false} />
          <XAxis
            type="number"
            domain={[0, 100]}
            unit=" %"
            tick={text}
            axisLine={false}
            tickLine={false}
          />
          <YAxis
            type="category"
            dataKey="name"
            width={150}
            tick={text}
            axisLine={false}
            tickLine={false}
          />
          <Tooltip {...tooltip} />
          <Legend
            formatter={(label) => (
              <span style={{ color: "var(--mantine-color-text)" }}>{label}</span>
            )}
          />
          <Bar
            isAnimationActive={false}
            dataKey="completed"
            name="Completed"
            unit=" %"
            fill={colours.blue}
            radius={[0, 3, 3, 0]}
          />
          <Bar
            isAnimationActive={false}
            dataKey="onTime"
            name="On time"
            unit=" %"
            fill={colours.green}
            radius={[0, 3, 3, 0]}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
