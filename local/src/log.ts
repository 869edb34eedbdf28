import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { type Logger, pino } from "pino";

/**
 * Creates a log that writes one structured line per event to `<dataDir>/logs/<name>.log`, without secrets. The
 * terminal of `start` shows only what its user needs to know.
 */
export function createLog(name: string, dataDir?: string): Logger {
  return pino(
    {
      level: process.env.LOG_LEVEL ?? "info",
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    dataDir === undefined
      ? pino.destination({ dest: 2, sync: false })
      : pino.destination({ dest: logFile(dataDir, name), mkdir: true, sync: false }),
  );
}

export const logFile = (dataDir: string, name: string): string =>
  join(dataDir, "logs", `${name}.log`);

/** Opens the log as a file descriptor that a child process can write its output to. */
export function openLogFile(dataDir: string, name: string): number {
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  return openSync(logFile(dataDir, name), "a", 0o600);
}
