import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import postgres from "postgres";

/** A refusal, with the codes that clients of Storage know it by. */
export class StorageError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly error: string;

  constructor(statusCode: number, code: string, message: string, error = code) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.error = error;
  }
}

export const noSuchBucket = () =>
  new StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found");
export const noSuchKey = () => new StorageError(404, "NoSuchKey", "Object not found", "not_found");
export const accessDenied = (message = "new row violates row-level security policy") =>
  new StorageError(403, "AccessDenied", message, "Unauthorized");
export const duplicate = (code = "KeyAlreadyExists") =>
  new StorageError(409, code, "The resource already exists", "Duplicate");
export const tooLarge = () =>
  new StorageError(
    413,
    "EntityTooLarge",
    "The object exceeded the maximum allowed size",
    "Payload too large",
  );
export const unsupportedType = (type: string) =>
  new StorageError(
    415,
    "InvalidMimeType",
    `mime type ${type} is not supported`,
    "invalid_mime_type",
  );
export const invalidKey = (name: string) =>
  new StorageError(400, "InvalidKey", `Invalid key: ${name}`);
export const invalidRequest = (message: string) =>
  new StorageError(400, "InvalidRequest", message, "Invalid Input");
export const notImplemented = (what: string) =>
  new StorageError(501, "NotImplemented", `${what} is not part of the embedded Storage`);
const internal = (message: string, error: string) => new StorageError(500, error, message, error);

/** What the database refused, as Storage tells it. The text of a `raise` is never shown. */
export function told(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (!(error instanceof postgres.PostgresError)) {
    return isOutage(error)
      ? new StorageError(503, "DatabaseUnavailable", "The database is not answering; try again")
      : internal("Internal server error", "InternalError");
  }
  switch (error.code) {
    case "42501":
      return accessDenied(error.message.startsWith("new row violates") ? undefined : error.message);
    case "23505":
      return duplicate(error.table_name === "buckets" ? "BucketAlreadyExists" : undefined);
    case "23503":
      return error.message.startsWith("update or delete")
        ? new StorageError(409, "ResourceReferenced", "The resource is still referenced")
        : new StorageError(404, "InvalidRequest", "The related resource does not exist");
    case "55P03":
      return new StorageError(503, "LockTimeout", "acquire_lock_timeout");
    case "57014":
      return new StorageError(544, "DatabaseTimeout", "The database did not answer in time");
    case "42703":
    case "42P01":
      return new StorageError(
        503,
        "DatabaseSchemaMismatch",
        "database schema is invalid or incompatible",
      );
    default:
      return internal(`database error, code: ${error.code}`, "DatabaseError");
  }
}

const outages = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
]);
const isOutage = (error: unknown): boolean =>
  outages.has((error as NodeJS.ErrnoException | undefined)?.code ?? "");

/** Clients read `statusCode` in the body: the service itself answers 400 for nearly all it refuses. */
const httpStatus = ({ statusCode }: StorageError): number =>
  statusCode >= 500 || statusCode === 429 ? statusCode : 400;

export function errorResponse(context: Context, error: StorageError): Response {
  const { statusCode, code, error: name, message } = error;
  return context.json(
    { statusCode: String(statusCode), code, error: name, message },
    httpStatus(error) as ContentfulStatusCode,
  );
}
