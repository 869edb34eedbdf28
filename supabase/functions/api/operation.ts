import type { z } from "zod";
import type { AuthClient } from "./auth/client.ts";
import type { Claims } from "./caller/token.ts";
import type { Arguments, DatabaseApi } from "./database/client.ts";
import type { JsonObject } from "./http/body.ts";
import type { ApiError, ErrorCode } from "./http/errors.ts";
import type { Form, ReceivedForm } from "./http/form.ts";
import type { StorageClient } from "./storage/client.ts";

/** A query or body as the caller sent it. The database judges it. */
export interface Input {
  readonly json: JsonObject;
  /** What of it can be passed as arguments of a function. */
  readonly args: Arguments;
}

/** How a call differs from the request it belongs to. */
export interface CallOptions {
  /** The query or body to pass on, in addition to the arguments. */
  readonly input?: Input;
  /** Claims to use instead of the caller's. */
  readonly as?: Claims;
  /** The idempotency key of this call; null for none. */
  readonly key?: string | null;
}

/** Calls `api.<name>` as the caller and returns its JSON text. */
export type CallDatabase = (
  name: string,
  args?: Arguments,
  options?: CallOptions,
) => Promise<string>;

/** What every handler works with: the request, its caller and the services behind it. */
export interface Context {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Input;
  /** Undefined on a public operation. */
  readonly claims: Claims | undefined;
  readonly bearer: string | undefined;
  readonly address: string;
  readonly idempotencyKey: string | undefined;
  readonly auth: AuthClient;
  readonly database: DatabaseApi;
  readonly storage: StorageClient;
  readonly call: CallDatabase;
  /** Adds to a response a signed URL for every file that may be downloaded. */
  readonly withFileUrls: (json: string) => Promise<string>;
  /** Continues work after the response has been sent. */
  readonly background: (work: Promise<unknown>) => void;
}

/** How an operation ended. */
export type Outcome = (
  | { readonly body: string; readonly error?: undefined }
  | { readonly error: ApiError; readonly body?: undefined }
) & { readonly database: DatabaseApi };

export interface JsonContext extends Context {
  /** Empty for an operation without a body. */
  readonly body: Input;
}

export interface FormContext extends Context {
  readonly form: ReceivedForm;
}

/**
 * One documented operation: enough to route it and to describe it in OpenAPI. Its schemas are documentation.
 * They are not run, because the database judges every value and words every error.
 */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** Parameters are written as `:name`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `user` requires an access token, `anyone` uses one if it was sent, `public` ignores it. */
  readonly access: "user" | "anyone" | "public";
  /** Whether a GET needs a transaction that may write. */
  readonly writes?: boolean;
  /** Whether a create can be repeated safely with the same `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** Whether requests are not counted. Only for operations that cost nothing. */
  readonly unlimited?: boolean;
  /**
   * Whether people follow a link to it. Mail services and other programs add parameters to links, to count
   * clicks, so unknown query parameters are ignored.
   */
  readonly linked?: boolean;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Accepted as `multipart/form-data`, in addition to `body` or instead of it; see `handleForm`. */
  readonly form?: Form & { readonly schema: z.ZodObject };
  readonly success: {
    readonly status: 200 | 201 | 204;
    readonly description: string;
    readonly schema?: z.ZodType;
    /** The field with the items of a list, which is `data` under `Prefer: envelope`. */
    readonly list?: string;
    /** The media type of a response that is not JSON. */
    readonly mediaType?: "text/calendar" | "text/html" | "text/javascript";
    /** Instead of the general headers of these names. */
    readonly headers?: Readonly<Record<string, string>>;
    /** A second kind of success, recognised by its response. */
    readonly or?: {
      readonly status: 200;
      readonly description: string;
      readonly when: (json: string) => boolean;
    };
  };
  /** What a browser gets instead of JSON, for links that people follow from a mail. */
  readonly page?: (outcome: Outcome) => Promise<Response> | Response;
  /** Where that page leads at once, with 303. */
  readonly redirect?: string;
  /** In addition to those that follow from access, input and limits. */
  readonly errors: readonly ErrorCode[];
  /**
   * Returns JSON text (text of the media type, if there is one), or nothing for 204. Parts of a text are sent as
   * they come. Missing only where nothing but a form is accepted.
   */
  readonly handle?: (context: JsonContext) => Promise<string | AsyncIterable<string> | undefined>;
  readonly handleForm?: (context: FormContext) => Promise<string>;
}

/** Whether the operation runs in a read-only transaction. */
export const isReadOnly = ({ method, writes = false }: Operation): boolean =>
  method === "get" && !writes;

/** All error codes of an operation. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { access, unlimited, idempotent, body, form, errors } = operation;
  // Every operation refuses a URL that cannot be decoded, and most refuse unknown query parameters.
  const implied: ErrorCode[] = ["INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "VALIDATION_ERROR"];
  if (!unlimited) implied.push("RATE_LIMITED");
  if (access === "user") implied.push("NOT_AUTHENTICATED", "SESSION_REVOKED", "MFA_REQUIRED");
  if (idempotent) implied.push("CONFLICT");
  if (body || form) implied.push("UNSUPPORTED_MEDIA_TYPE");
  if (body) implied.push("PAYLOAD_TOO_LARGE");
  if (form) implied.push(form.tooLarge().code);
  return [...new Set([...implied, ...errors])];
}
