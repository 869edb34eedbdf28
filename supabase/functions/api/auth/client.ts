import { unavailable } from "../http/errors.ts";

/** The session that Auth answers with; the tokens are all we hand on. */
export interface AuthSession {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Auth said no. Each operation decides what that means to its caller. */
export class AuthRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter: number | undefined) {
    super(message);
    this.name = "AuthRefusal";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export interface AuthOptions {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly fetch?: typeof fetch;
}

interface Call {
  readonly method?: "POST" | "PUT";
  readonly path: string;
  readonly body?: object;
  readonly bearer?: string;
}

const timeoutMs = 10_000;

/** Auth's HTTP API, for one caller: their address goes along, so that Auth's limits count the person. */
export class AuthClient {
  readonly #options: AuthOptions;
  readonly #address: string;

  constructor(options: AuthOptions, address: string) {
    this.#options = options;
    this.#address = address;
  }

  /** Without a session when the project demands confirmed addresses. */
  signUp(email: string, password: string, data: object): Promise<Partial<AuthSession>> {
    return this.#call({ path: "/signup", body: { email, password, data } });
  }

  signIn(email: string, password: string): Promise<AuthSession> {
    return this.#call({ path: "/token?grant_type=password", body: { email, password } });
  }

  refresh(refreshToken: string): Promise<AuthSession> {
    const body = { refresh_token: refreshToken };
    return this.#call({ path: "/token?grant_type=refresh_token", body });
  }

  signOut(bearer: string, scope: "local" | "global" | "others"): Promise<void> {
    return this.#call({ path: `/logout?scope=${scope}`, bearer });
  }

  /**
   * Sends the mail with the recovery token; answers the same for an unknown address. Where its link leads
   * is the project's `site_url`, never the caller's choice.
   */
  recover(email: string): Promise<void> {
    return this.#call({ path: "/recover", body: { email } });
  }

  /** Uses up the recovery token. */
  verifyRecovery(tokenHash: string): Promise<AuthSession> {
    return this.#call({ path: "/verify", body: { type: "recovery", token_hash: tokenHash } });
  }

  setPassword(bearer: string, password: string): Promise<void> {
    return this.#call({ method: "PUT", path: "/user", body: { password }, bearer });
  }

  async #call<Answer>({ method = "POST", path, body, bearer }: Call): Promise<Answer> {
    const { supabaseUrl, publishableKey, fetch: send = fetch } = this.#options;
    const response = await send(`${supabaseUrl}/auth/v1${path}`, {
      method,
      headers: {
        apikey: publishableKey,
        "content-type": "application/json",
        "x-forwarded-for": this.#address,
        "x-supabase-api-version": "2024-01-01",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    const text = await response.text();
    if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
    throw refusal(response, text);
  }
}

function refusal(response: Response, text: string): Error {
  if ([502, 503, 504].includes(response.status)) return unavailable(`Auth: ${response.status}`);
  const retryAfter = Number(response.headers.get("retry-after")) || undefined;
  const { code, message } = parseRefusal(text);
  return new AuthRefusal(response.status, code, message, retryAfter);
}

/** Both of Auth's error forms: `{code, message}` and the older `{error_code, msg}`. */
function parseRefusal(text: string): { code: string; message: string } {
  try {
    const { code, error_code, message, msg } = JSON.parse(text);
    return { code: String(error_code ?? code ?? ""), message: String(message ?? msg ?? "") };
  } catch {
    return { code: "", message: "" };
  }
}
