import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer that is not a success, with the status and the code clients know it by. */
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

/** Both formats: the one since API version 2024-01-01, which must echo its header, and the one before. */
export function errorResponse(context: Context, error: AuthError): Response {
  context.header("x-sb-error-code", error.code);
  const version = context.req.header(versionHeader) ?? "";
  if (/^\d{4}-\d\d-\d\d$/.test(version) && version >= newFormat) {
    context.header(versionHeader, newFormat);
    const body = { code: error.code, message: error.message, ...error.extra };
    return context.json(body, error.status);
  }
  const body = { code: error.status, error_code: error.code, msg: error.message, ...error.extra };
  return context.json(body, error.status);
}

export const validationFailed = (message: string): AuthError =>
  new AuthError(400, "validation_failed", message);

export const notImplemented = (what: string): AuthError =>
  new AuthError(501, "not_implemented", `The embedded Auth has no ${what}.`);

export const unexpected = (message: string): AuthError =>
  new AuthError(500, "unexpected_failure", message);

export const userNotFound = (): AuthError => new AuthError(404, "user_not_found", "User not found");

export const emailExists = (): AuthError =>
  new AuthError(422, "email_exists", "A user with this email address has already been registered");

/** What PostgreSQL, or the connection to it, calls an error. */
export const databaseCode = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? "");

/** The database is away: starting, stopping, full, or just killed. */
export const isOutage = (error: unknown): boolean =>
  /^(57P0\d|08.{3}|53.{3}|ECONN.*|EPIPE|CONNECT.*)$/.test(databaseCode(error));

export const isUniqueViolation = (error: unknown): boolean => databaseCode(error) === "23505";
