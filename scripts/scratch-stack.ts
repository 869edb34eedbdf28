import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Descriptor, type PartHealth, Stack } from "embedded-supabase";

export const root = join(import.meta.dirname, "..");

export interface ScratchStack {
  readonly about: Descriptor;
  /** A folder of its own, gone when the stack is stopped. */
  readonly folder: string;
  /** How its parts are, by name. */
  health(): Readonly<Record<string, PartHealth>>;
  stop(): Promise<void>;
}

/** An OnSwift on free ports that leaves nothing behind; it works beside a running `npm start`. */
export async function scratchStack({ seed = true, projectDir = root } = {}): Promise<ScratchStack> {
  const folder = await mkdtemp(join(tmpdir(), "onswift-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  let stack: Stack;
  try {
    stack = await Stack.start({
      projectDir,
      dataDir: join(folder, "data"),
      ports: { api: 0 },
      // Tests are many clients with addresses of their own.
      trustProxy: true,
      seed,
      onStep: (step, ms) => console.error(`  ✓ ${step.padEnd(20)} ${(ms / 1000).toFixed(1)} s`),
    });
  } catch (error) {
    await remove();
    throw error;
  }
  const stop = async () => {
    await stack.stop();
    await remove();
  };
  process.once("SIGINT", () => stop().then(() => process.exit(130)));
  process.once("SIGTERM", () => stop().then(() => process.exit(143)));
  return { about: stack.about, folder, health: () => stack.health(), stop };
}
