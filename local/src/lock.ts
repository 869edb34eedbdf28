import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isAlive, startOf } from "./process/identity.ts";

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** When that process began: another one may have its id by now. */
  started: z.string().optional(),
});

/** The process of the stack that runs with a data folder. */
export type Holder = z.infer<typeof holderSchema>;

const fileOf = (dataDir: string) => join(dataDir, "stack.pid");

/** Locks the data folder, so that one stack at a time uses it. Returns a function that releases it. */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `The data folder ${dataDir} cannot be made (${error.code}). Choose one with --data-dir where you may write.`,
    );
  });
  const file = fileOf(dataDir);
  const draft = `${file}.${randomUUID()}`;
  const self: Holder = { pid: process.pid, started: startOf(process.pid) };
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await isLinked(draft, file)) return () => rm(file, { force: true });
      const holder = await holderOf(dataDir);
      if (holder !== undefined) throw new Error(isRunning(dataDir, holder));
      // The lock of a killed stack.
      await rm(file, { force: true });
    }
    throw new Error(
      `${file} is created again by another process. Is another stack starting at the same moment?`,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** Puts the lock in place with its content, or finds that there is one: never one that is half written. */
async function isLinked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Returns the process of the stack that runs with this data, or `undefined`. */
export async function holderOf(dataDir: string): Promise<Holder | undefined> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => "");
  const holder = parse(text);
  if (holder === undefined || !isAlive(holder.pid)) return undefined;
  return startOf(holder.pid) === holder.started ? holder : undefined;
}

export const isRunning = (dataDir: string, { pid }: Holder): string =>
  `A stack is already running with the data in ${dataDir} (process ${pid}). Stop it first, with Ctrl-C in its terminal or with the command \`stop\`, or start another one with its own --data-dir.`;

function parse(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
