import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Returns when a process started, in the system's format, or `undefined` if unknown. Process ids are reused,
 * especially in containers; together with the start time an id identifies one process.
 */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") return linuxStartOf(pid);
    if (process.platform === "win32") return undefined;
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)])
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** The boot, and the clock ticks from there: field 22 of `stat`. The program's name, field 2, may hold anything. */
function linuxStartOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie: it has ended, and its parent has not read its exit status.
  if (fields[0] === "Z") return undefined;
  const ticks = fields[19];
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${ticks}`;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
