import { authError, unreachable } from "./auth-error.ts";
import type { OnSwiftError } from "./errors.ts";
import { retryAfter } from "./rest-error.ts";
import { unref } from "./timers.ts";

const firstPause = 1_000;
const longestPause = 30_000;

/** A response that could be another one soon. The session stays, even if it has expired on the device. */
const isTemporary = (status: number): boolean => status === 409 || status === 429 || status >= 500;

type Attempt =
  | { readonly response: Response }
  | { readonly error: OnSwiftError; readonly waitMs: number };

/**
 * Renews the session. supabase-js repeats a failed renewal for up to half a minute and then does not try again for a
 * minute, also when the network is back. So its request for a renewal waits here until the backend answers it.
 * Calls of the SDK do not wait: each of them makes the waiting request try again, and fails if that fails.
 */
export class Renewal {
  readonly #send: typeof fetch;
  readonly #waiting = new Set<(error: OnSwiftError) => void>();
  #tryAgain: (() => void) | undefined;
  /** The last error of the backend, and until when it wants no request. */
  #blocked: { readonly error: OnSwiftError; readonly until: number } | undefined;
  #ends = 0;

  constructor(send: typeof fetch) {
    this.#send = send;
  }

  /** The `fetch` for supabase-js. */
  readonly fetch: typeof fetch = async (input, init) => {
    // supabase-js passes its addresses as text. React Native's URL has no parts.
    const url = typeof input === "string" ? input : "";
    if (!url.includes("/auth/v1/")) return this.#send(input, init);
    const isRenewal = url.includes("/auth/v1/token?grant_type=refresh_token");
    return onDeviceClock(
      isRenewal ? await this.#renew(input, init) : await this.#send(input, init),
    );
  };

  /** Runs work that may need a renewal. Rejects as soon as an attempt to renew fails. */
  race<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#tryAgain && this.#blocked && performance.now() < this.#blocked.until) {
        reject(this.#blocked.error);
        return;
      }
      this.#waiting.add(reject);
      this.#tryAgain?.();
      const settle = () => this.#waiting.delete(reject);
      work().then(resolve, reject).finally(settle);
    });
  }

  /** Runs a sign-out. A renewal that cannot be made does not delay it: the session is given up. */
  async giveUpDuring<T>(signOut: () => Promise<T>): Promise<T> {
    this.#ends += 1;
    try {
      this.#tryAgain?.();
      return await signOut();
    } finally {
      this.#ends -= 1;
    }
  }

  async #renew(...request: Parameters<typeof fetch>): Promise<Response> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const answer = await this.#attempt(request);
      if ("response" in answer) return answer.response;
      if (this.#ends > 0) return givenUp();
      const { error, waitMs } = answer;
      this.#blocked = waitMs > 0 ? { error, until: performance.now() + waitMs } : undefined;
      for (const reject of this.#waiting) reject(error);
      this.#waiting.clear();
      await this.#pause(Math.max(pause, waitMs));
    }
  }

  async #attempt(request: Parameters<typeof fetch>): Promise<Attempt> {
    try {
      const response = await this.#send(...request);
      if (!isTemporary(response.status)) return { response };
      const { status, headers } = response;
      const message = await response.text();
      const seconds = retryAfter(headers);
      const error = authError({ message, status }, { retryAfter: seconds });
      return { error, waitMs: (seconds ?? 0) * 1000 };
    } catch (cause) {
      return { error: unreachable(cause), waitMs: 0 };
    }
  }

  /**
   * Until a call needs the session, a browser is online again, or for this long. The timer does not keep a process
   * alive.
   */
  async #pause(ms: number): Promise<void> {
    const scope = globalThis as Partial<typeof globalThis>;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        scope.removeEventListener?.("online", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      unref(timer);
      scope.addEventListener?.("online", end);
      this.#tryAgain = end;
    });
    this.#tryAgain = undefined;
  }
}

/**
 * Lets supabase-js's auth client of the app measure lifetimes on the device's clock too. A version that has no
 * such field keeps the backend's times.
 */
export function keepDeviceClock(auth: object): void {
  const client = auth as { fetch?: typeof fetch };
  const send = client.fetch;
  if (send) client.fetch = async (...request) => onDeviceClock(await send(...request));
}

/** What the backend answers when a session has ended. */
function givenUp(): Response {
  const body = { code: 400, error_code: "refresh_token_not_found", msg: "The session was ended." };
  return new Response(JSON.stringify(body), { status: 400 });
}

/**
 * Removes the time of expiry from a response with a session, so that supabase-js computes it from the lifetime and
 * the moment of receipt. The backend's time is of no use on a device whose clock is wrong.
 */
async function onDeviceClock(response: Response): Promise<Response> {
  if (!response.ok || response.status === 204) return response;
  const text = await response.text();
  const { status } = response;
  const headers = { "content-type": "application/json" };
  return new Response(withoutExpiry(text), { status, headers });
}

function withoutExpiry(text: string): string {
  try {
    const body = JSON.parse(text);
    if (typeof body?.expires_in !== "number") return text;
    delete body.expires_at;
    return JSON.stringify(body);
  } catch {
    return text;
  }
}
