export interface QueuedRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number;
}

/** As a row of `net._http_response` tells it: either the first four, or why there are none. */
export interface Answer {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly content: string | null;
  readonly timedOut: boolean;
  readonly error: string | null;
}

const failed = { status: null, headers: null, content: null };

/** Sends one request; every way it can end is an answer. */
export async function send(request: QueuedRequest, stop: AbortSignal): Promise<Answer> {
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
      // PostgreSQL's text holds every character but this one.
      content: text.replaceAll("\0", ""),
      timedOut: false,
      error: null,
    };
  } catch (error) {
    if (timeout.aborted) {
      return { ...failed, timedOut: true, error: `Timeout of ${timeoutMs} ms reached` };
    }
    return { ...failed, timedOut: false, error: reason(error as Error) };
  }
}

/** `fetch failed` says little; its cause says what happened. */
function reason(error: Error): string {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  return cause === undefined ? error.message : cause.message || cause.code || error.message;
}
