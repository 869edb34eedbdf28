import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

interface ErrorDetails {
  /** The code that clients check. */
  readonly code: string;
  /** The `statusCode` in the response body. */
  readonly status: number;
  readonly message: string;
  /** The `error` in the response body; `code` if not given. */
  readonly error?: string;
  /** The HTTP status, where it differs from upstream's usual one (500 for 500, else 400). */
  readonly http?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error response. As upstream, most have HTTP status 400 and the real status in the body. */
export class StorageError extends Error {
  readonly code: string;
  readonly status: number;
  readonly error: string;
  readonly http: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(details: ErrorDetails) {
    super(details.message, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.error = details.error ?? details.code;
    this.http = details.http ?? (details.status === 500 ? 500 : 400);
    this.headers = details.headers ?? {};
  }
}

export function errorResponse(context: Context, error: StorageError): Response {
  const { code, message } = error;
  context.header("cache-control", "no-store");
  return context.json(
    { statusCode: String(error.status), code, error: error.error, message },
    error.http as ContentfulStatusCode,
    { ...error.headers },
  );
}

export const noSuchBucket = (): StorageError =>
  new StorageError({
    code: "NoSuchBucket",
    status: 404,
    error: "Bucket not found",
    message: "Bucket not found",
  });

export const noSuchKey = (): StorageError =>
  new StorageError({
    code: "NoSuchKey",
    status: 404,
    error: "not_found",
    message: "Object not found",
  });

export const accessDenied = (message: string, cause?: unknown): StorageError =>
  new StorageError({ code: "AccessDenied", status: 403, error: "Unauthorized", message, cause });

export const alreadyExists = (what: "Key" | "Bucket"): StorageError =>
  new StorageError({
    code: `${what}AlreadyExists`,
    status: 409,
    error: "Duplicate",
    message: "The resource already exists",
  });

export const bucketNotEmpty = (): StorageError =>
  new StorageError({
    code: "ResourceNotEmpty",
    status: 409,
    message: "The bucket you tried to delete is not empty",
  });

export const tooLarge = (what = "object"): StorageError =>
  new StorageError({
    code: "EntityTooLarge",
    status: 413,
    error: "Payload too large",
    message: `The ${what} exceeded the maximum allowed size`,
  });

export const invalidMimeType = (type: string): StorageError =>
  new StorageError({
    code: "InvalidMimeType",
    status: 415,
    error: "invalid_mime_type",
    message: `mime type ${type} is not supported`,
  });

export const invalidKey = (key: string): StorageError =>
  new StorageError({ code: "InvalidKey", status: 400, message: `Invalid key: ${key}` });

export const invalidBucketName = (): StorageError =>
  new StorageError({
    code: "InvalidBucketName",
    status: 400,
    error: "Invalid Input",
    message: "Bucket name invalid",
  });

export const invalidRequest = (message: string): StorageError =>
  new StorageError({ code: "InvalidRequest", status: 400, message });

/** A request that does not fit the route's schema. Upstream's framework calls these `Error`. */
export const invalidField = (message: string): StorageError =>
  new StorageError({ code: "InvalidRequest", status: 400, error: "Error", message });

export const invalidJwt = (message: string): StorageError =>
  new StorageError({ code: "InvalidJWT", status: 400, message });

export const invalidSignature = (message = "Invalid signature"): StorageError =>
  new StorageError({ code: "InvalidSignature", status: 400, message });

/** The client disconnected. It never receives this response; the log distinguishes it from server errors. */
export const aborted = (cause?: unknown): StorageError =>
  new StorageError({
    code: "Aborted",
    status: 499,
    http: 499,
    message: "The client closed the request",
    cause,
  });

export const notImplemented = (feature: string): StorageError =>
  new StorageError({
    code: "NotImplemented",
    status: 501,
    http: 501,
    error: "not_implemented",
    message: `The embedded Storage does not support ${feature}.`,
  });

export const internal = (cause: unknown): StorageError =>
  new StorageError({
    code: "InternalError",
    status: 500,
    message: "Internal server error",
    cause,
  });
