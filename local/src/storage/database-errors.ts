import { accessDenied, alreadyExists, invalidRequest, StorageError } from "./errors.ts";

const outage = /^(57P0\d|08.{3}|53.{3}|ECONN.*|EPIPE|CONNECT.*)$/;

/** The database is away: starting, stopping, full, or just killed. */
export const isOutage = (error: unknown): boolean =>
  outage.test(String((error as { code?: unknown } | undefined)?.code ?? ""));

/**
 * What a failing statement becomes for the client. Texts of PostgreSQL are not handed on: policies and
 * triggers may tell in them what the caller must not know.
 */
export function fromDatabase(error: unknown): StorageError | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== "string") return undefined;
  const told = (name: string, status: number, message: string, http?: number) =>
    new StorageError({
      code: name,
      status,
      message,
      cause: error,
      ...(http === undefined ? {} : { http }),
    });
  if (isOutage(error) || code === "57014") {
    return told("DatabaseTimeout", 544, "The connection to the database timed out", 544);
  }
  switch (code) {
    case "42501":
      return accessDenied("new row violates row-level security policy", error);
    case "23505":
      return alreadyExists("Key");
    case "23503":
      return told("InvalidRequest", 404, "The related resource does not exist");
    case "55P03":
      return told("ResourceLocked", 423, "The resource is locked");
    case "42703":
    case "42P01":
      return told("DatabaseSchemaMismatch", 503, "The database schema is out of sync");
    case "22021":
      return invalidRequest("A text holds characters that no text can have");
    default:
      return /^[0-9A-Z]{5}$/.test(code)
        ? told("DatabaseError", 500, `database error, code: ${code}`)
        : undefined;
  }
}
