export interface QueuedRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number;
}

/** A row of `net._http_response`: either the response, or why there is none. */
export interface Outcome {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly content: string | null;
  readonly timedOut: boolean;
  readonly error: string | null;
}

const noResponse = { status: null, headers: null, content: null };

/** Sends one request. Never rejects: failures are outcomes. */
export async function send(request: QueuedRequest, stop: AbortSignal): Promise<Outcome> {
  const { method, url, headers, body, timeoutMs } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { "user-agent": "pg_net", ...headers },
      ...(body === null ? {} : { body: new Uint8Array(body) }),
      signal: AbortSignal.any([timeout, stop]),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      // PostgreSQL's text cannot contain NUL.
      content: text.replaceAll("\0", ""),
      timedOut: false,
      error: null,
    };
  } catch (error) {
    if (timeout.aborted) {
      return { ...noResponse, timedOut: true, error: `Timeout of ${timeoutMs} ms reached` };
    }
    return { ...noResponse, timedOut: false, error: reason(error as Error) };
  }
}

/** Returns the cause's message, because fetch's own is always `fetch failed`. */
function reason(error: Error): string {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  return cause === undefined ? error.message : cause.message || cause.code || error.message;
}
