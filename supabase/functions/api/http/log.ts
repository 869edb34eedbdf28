import { encodeHex } from "@std/encoding/hex.js";

/** One line per request, without tokens, addresses, bodies and queries, which can contain secrets. */
export interface LogLine {
  readonly requestId: string;
  readonly method: string;
  /** The pattern of the path, such as `/users/:userId`; undefined when no route matched. */
  readonly route: string | undefined;
  readonly status: number;
  readonly ms: number;
  /** A hash: shows which requests belong to the same user, but not which user it is. */
  readonly user?: string | undefined;
  readonly code?: string | undefined;
  /** The cause of an internal error. */
  readonly fault?: string | undefined;
}

export type Log = (line: LogLine) => void;

export const logToConsole: Log = (line) => console.log(JSON.stringify(shortened(line)));

/** Methods and causes can be of any length; a line is not. */
const maxText = 500;
export const shortened = (line: LogLine): LogLine =>
  Object.fromEntries(
    Object.entries(line).map(([key, value]) => [
      key,
      typeof value === "string" ? value.slice(0, maxText) : value,
    ]),
  ) as unknown as LogLine;

export async function hashUser(id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  return encodeHex(digest.slice(0, 8));
}

/** Describes an error for the log. The text of a database error can quote data, so only its code is used. */
export function describeError(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  if (!(cause instanceof Error)) return String(cause);
  const { code, routine } = cause as { code?: unknown; routine?: unknown };
  if (cause.name === "PostgresError") return `SQLSTATE ${code} in ${routine ?? "the database"}`;
  return `${cause.name}: ${code === undefined || code === "" ? cause.message : code}`;
}

const acceptedId = /^[\w.:-]{1,128}$/;

/** The caller's own request id if it is safe to log and return, otherwise a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id") ?? "";
  return acceptedId.test(given) ? given : crypto.randomUUID();
}
