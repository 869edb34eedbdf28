/** How long `npm start` takes: with an empty folder, and again with its data. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "embedded-supabase";
import { root } from "../../scripts/root.ts";
import type { Figure } from "../support/report.ts";

const part = "starts";

async function startOf(dataDir: string, name: string, goal: number): Promise<Figure[]> {
  const steps: Figure[] = [];
  const began = performance.now();
  const stack = await Stack.start({
    projectDir: root,
    dataDir,
    ports: { api: 0 },
    onStep: (step, ms) =>
      steps.push({ part, name: `${name}: ${step}`, unit: "ms", p50: Math.round(ms) }),
  });
  const whole = Math.round(performance.now() - began);
  await stack.stop();
  return [...steps, { part, name: `${name}, all`, unit: "ms", p50: whole, goal }];
}

export async function measureStarts(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "onswift-starts-"));
  try {
    return [
      ...(await startOf(join(folder, "data"), "first start", 15_000)),
      ...(await startOf(join(folder, "data"), "next start", 6_000)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
