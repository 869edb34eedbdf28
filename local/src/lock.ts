import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * One stack per data folder. The lock names its holder's process, so that one left by a killed stack is
 * told from a live one.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, "stack.pid");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const handle = await open(file, "wx", 0o600);
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (isAlive(holder)) {
      throw new Error(
        `A stack is already running with the data in ${dataDir} (process ${holder}). Ask for its addresses with \`status\`, or start a second one with --data-dir.`,
      );
    }
    await rm(file, { force: true });
  }
  throw new Error(`${file} keeps coming back: is another stack starting at the same moment?`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
