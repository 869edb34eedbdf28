import { isOnSwiftError, OnSwiftError } from "./errors.ts";

/** The result of a call: either `data` or `error`. */
export type Result<T> =
  | { readonly data: T; readonly error: null }
  | { readonly data: null; readonly error: OnSwiftError };

/**
 * A running call. It starts at once, never rejects and resolves to `{ data, error }`.
 *
 * @example
 * ```ts
 * const { data, error } = await onswift.projects.get(id);
 * const project = await onswift.projects.get(id).orThrow();
 * ```
 */
export interface Call<T> extends Promise<Result<T>> {
  /** Resolves to `data`, or rejects with the {@link OnSwiftError}. */
  orThrow(): Promise<T>;
  /** Resolves to the result and the response it came with. Like the call itself, it never rejects. */
  withResponse(): Promise<ResultWithResponse<T>>;
}

/** A response of the backend. */
export interface ResponseInfo {
  readonly status: number;
  readonly headers: Headers;
  /** The id of the request in the backend's log, or `null`. */
  readonly requestId: string | null;
}

/**
 * A result and the last response of its call. `response` is `null` if none arrived, and for the calls that combine
 * several requests: those of `auth` that renew or change the session, and uploads.
 */
export type ResultWithResponse<T> = Result<T> & { readonly response: ResponseInfo | null };

/**
 * Receives each response of a call.
 *
 * @internal
 */
export type Seen = (response: ResponseInfo) => void;

/**
 * Starts `work` at once and returns it as a call.
 *
 * @internal
 */
export function call<T>(work: (seen: Seen) => Promise<T>): Call<T> {
  let response: ResponseInfo | null = null;
  const settled = settle(() =>
    work((latest) => {
      response = latest;
    }),
  );
  return Object.assign(settled, {
    async orThrow() {
      const result = await settled;
      if (result.error) throw result.error;
      return result.data;
    },
    async withResponse() {
      return { ...(await settled), response };
    },
  });
}

async function settle<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { data: await work(), error: null };
  } catch (cause) {
    return { data: null, error: isOnSwiftError(cause) ? cause : unexpectedError(cause) };
  }
}

/** Calls never reject, not even when the session storage throws or the input has cycles. */
function unexpectedError(cause: unknown): OnSwiftError {
  // Code of the app can throw anything, also objects that cannot become text.
  const text = typeof cause === "object" ? (cause as Partial<Error> | null)?.message : cause;
  const message = typeof text === "string" ? text : "Something went wrong.";
  return new OnSwiftError({ code: "INTERNAL_ERROR", message, cause });
}
