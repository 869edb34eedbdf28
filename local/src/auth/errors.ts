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

/** Both formats: the one since API version 2024-01-01, which must echo its header, and the one before. */
export function errorResponse(context: Context, error: AuthError): Response {
  const version = context.req.header(versionHeader);
  if (version !== undefined && version >= "2024-01-01") {
    context.header(versionHeader, "2024-01-01");
    const body = { code: error.code, message: error.message, ...error.extra };
    return context.json(body, error.status);
  }
  context.header("x-sb-error-code", error.code);
  const body = { code: error.status, error_code: error.code, msg: error.message, ...error.extra };
  return context.json(body, error.status);
}

export const validationFailed = (message: string): AuthError =>
  new AuthError(400, "validation_failed", message);

export const notImplemented = (what: string): AuthError =>
  new AuthError(501, "not_implemented", `The embedded Auth has no ${what}.`);
