import { accessDenied, alreadyExists, invalidRequest, StorageError } from "./errors.ts";

const outage = /^(57P0\d|08.{3}|53.{3}|ECONN.*|EPIPE|CONNECT.*)$/;

/** Whether the database is unreachable: starting, stopping, killed or out of resources. */
export const isOutage = (error: unknown): boolean =>
  outage.test(String((error as { code?: unknown } | undefined)?.code ?? ""));

/**
 * Converts a PostgreSQL error to the response that upstream sends for it. Hides PostgreSQL's message, because
 * policies and triggers can put data into it that the caller must not see.
 */
export function fromDatabase(error: unknown): StorageError | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== "string") return undefined;
  const storageError = (name: string, status: number, message: string, http?: number) =>
    new StorageError({
      code: name,
      status,
      message,
      cause: error,
      ...(http === undefined ? {} : { http }),
    });
  if (code === "53300") {
    return new StorageError({
      code: "SlowDown",
      status: 429,
      http: 429,
      error: "too_many_connections",
      message: "Too many connections issued to the database",
      cause: error,
    });
  }
  if (isOutage(error) || code === "57014") {
    return storageError("DatabaseTimeout", 544, "The connection to the database timed out", 544);
  }
  switch (code) {
    case "42501":
      return accessDenied("new row violates row-level security policy", error);
    case "23505":
      return alreadyExists("Key");
    case "23503":
      return storageError("InvalidRequest", 404, "The related resource does not exist");
    case "55P03":
      return storageError("ResourceLocked", 423, "The resource is locked");
    case "42703":
    case "42P01":
      return storageError(
        "DatabaseSchemaMismatch",
        503,
        "The database schema is out of sync. Please run migrations or contact support.",
      );
    case "25006":
      return storageError(
        "DatabaseReadOnly",
        503,
        "The database is currently in read-only mode. Please try again later.",
      );
    case "42P17":
      return storageError(
        "DatabaseInvalidObjectDefinition",
        503,
        "The database schema is invalid or incompatible.",
      );
    case "22P02":
      return storageError(
        "InvalidParameter",
        400,
        "Invalid value format or type conversion failed",
      );
    case "22021":
      return invalidRequest("A string contains characters that PostgreSQL text cannot store");
    default:
      return /^[0-9A-Z]{5}$/.test(code)
        ? storageError("DatabaseError", 500, `database error, code: ${code}`)
        : undefined;
  }
}
