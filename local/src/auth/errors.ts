import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An error response with its HTTP status and the error code that clients check. */
export class AuthError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

const versionHeader = "x-supabase-api-version";
const newFormat = "2024-01-01";

/**
 * Builds the error response in one of two formats: that of API version 2024-01-01, which must echo the
 * version header, or the older one. As upstream does, only the older one shows what the database refused.
 */
export function errorResponse(context: Context, error: AuthError): Response {
  context.header("x-sb-error-code", error.code);
  const version = context.req.header(versionHeader) ?? "";
  if (/^\d{4}-\d\d-\d\d$/.test(version) && version >= newFormat) {
    context.header(versionHeader, newFormat);
    const body = { code: error.code, message: error.message, ...error.extra };
    return context.json(body, error.status);
  }
  const refusal = databaseRefusal(error.cause);
  if (refusal !== undefined) return context.json(refusal.body, refusal.status);
  const body = { code: error.status, error_code: error.code, msg: error.message, ...error.extra };
  return context.json(body, error.status);
}

export const validationFailed = (message: string): AuthError =>
  new AuthError(400, "validation_failed", message);

export const notImplemented = (feature: string): AuthError =>
  new AuthError(501, "not_implemented", `The embedded Auth does not support ${feature}.`);

export const unexpected = (message: string): AuthError =>
  new AuthError(500, "unexpected_failure", message);

export const userNotFound = (): AuthError => new AuthError(404, "user_not_found", "User not found");

export const emailExists = (): AuthError =>
  new AuthError(422, "email_exists", "A user with this email address has already been registered");

/** Returns the code of a PostgreSQL error (SQLSTATE) or connection error, or an empty string. */
export const databaseCode = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? "");

/** Raised exceptions and broken constraints, which upstream shows to the callers of its older API. */
const shownFailures: ReadonlySet<string> = new Set([
  ...["P0001", "23000", "23001", "23502", "23503", "23505", "23514", "23P01"],
]);

interface DatabaseRefusal {
  readonly status: ContentfulStatusCode;
  readonly body: Readonly<Record<string, string | undefined>>;
}

/** What the database refused and why: 500, or with the SQLSTATE `PTxyz` the status xyz, as in PostgREST. */
function databaseRefusal(cause: unknown): DatabaseRefusal | undefined {
  const code = databaseCode(cause);
  const raised = /^PT([2-5]\d\d)$/.exec(code)?.[1];
  if (raised === undefined && !shownFailures.has(code)) return undefined;
  const { message, hint, detail } = cause as Readonly<Record<string, string | undefined>>;
  return {
    status: Number(raised ?? 500) as ContentfulStatusCode,
    body: { code, message, hint: hint || undefined, detail: detail || undefined },
  };
}

/** Whether the database is unreachable: starting, stopping, killed or out of resources. */
export const isOutage = (error: unknown): boolean =>
  /^(57P0\d|08.{3}|53.{3}|ECONN.*|EPIPE|CONNECT.*)$/.test(databaseCode(error));

export const isUniqueViolation = (error: unknown): boolean => databaseCode(error) === "23505";
