import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { type DestinationStream, type Logger, pino } from "pino";

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
    dataDir === undefined ? destination(2) : destination(logFile(dataDir, name)),
  );
}

/** How much of a log waits in memory for room on the disk. More is lost. */
const maxWaiting = 1024 * 1024;

/**
 * A full disk does not end the process: what could not be written is written before the next line that finds room.
 * The terminal shows it, once until then.
 */
function destination(dest: string | 2): DestinationStream {
  const stream = pino.destination({ dest, mkdir: true, sync: false, maxLength: maxWaiting });
  let failing = false;
  stream.on("error", (error: Error) => {
    // A service writes its log to its standard error, and so has nowhere else to show it.
    if (!failing && dest !== 2) report(`The log ${dest} cannot be written: ${error.message}.`);
    failing = true;
  });
  stream.on("write", () => {
    failing = false;
  });
  // Called when the process ends. What finds no room then is lost; a throw would change the exit code.
  const flush = stream.flushSync.bind(stream);
  stream.flushSync = () => {
    try {
      flush();
    } catch {}
  };
  return stream;
}

/** Shows it on the terminal, unless the terminal is a file on the same full disk. */
function report(line: string): void {
  try {
    console.error(line);
  } catch {}
}

export const logFile = (dataDir: string, name: string): string =>
  join(dataDir, "logs", `${name}.log`);

/** Opens the log as a file descriptor that a child process can write its output to. */
export function openLogFile(dataDir: string, name: string): number {
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  return openSync(logFile(dataDir, name), "a", 0o600);
}
