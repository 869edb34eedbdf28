/** One line a request. Never a token, an address, a body or a query: they can hold secrets. */
export interface LogLine {
  readonly requestId: string;
  readonly method: string;
  /** The pattern, such as `/users/:userId`; undefined where nothing matched. */
  readonly route: string | undefined;
  readonly status: number;
  readonly ms: number;
  /** A hash, enough to follow one person through the log without knowing who it is. */
  readonly user?: string | undefined;
  readonly code?: string | undefined;
  /** Why it failed; for our own faults only. */
  readonly fault?: string | undefined;
}

export type Log = (line: LogLine) => void;

export const logToConsole: Log = (line) => console.log(JSON.stringify(line));

export async function hashUser(id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  return [...new Uint8Array(digest).slice(0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** A fault in words. A database error's text can quote the row it fails on, so only its code is told. */
export function describeFault(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  if (!(cause instanceof Error)) return String(cause);
  const { code, routine } = cause as { code?: unknown; routine?: unknown };
  if (cause.name === "PostgresError") return `SQLSTATE ${code} in ${routine ?? "the database"}`;
  return `${cause.name}: ${code === undefined || code === "" ? cause.message : code}`;
}

const acceptable = /^[\w.:-]{1,128}$/;

/** The caller's own request id where it is safe to repeat, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id") ?? "";
  return acceptable.test(given) ? given : crypto.randomUUID();
}
