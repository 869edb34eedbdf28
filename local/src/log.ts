import { type Logger, pino } from "pino";

/** Structured lines on standard error, one event a line; never a secret. */
export function createLog(name: string): Logger {
  return pino(
    {
      name,
      level: process.env.LOG_LEVEL ?? "info",
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
