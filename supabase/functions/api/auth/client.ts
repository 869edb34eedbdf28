import { unavailable } from "../http/errors.ts";
import { authErrorOf } from "./errors.ts";

/** The tokens of a session that Auth has created. */
export interface AuthSession {
  readonly access_token: string;
  readonly refresh_token: string;
}

export interface AuthOptions {
  readonly supabaseUrl: string;
  /** Only with this key does Auth believe the address of the client. */
  readonly secretKey: string;
  readonly fetch?: typeof fetch;
}

interface Call {
  readonly path: string;
  readonly body?: object;
  readonly bearer?: string;
}

const timeoutMs = 10_000;

/** The HTTP API of Auth, for one caller. The caller's address is passed on, so that Auth's limits count it. */
export class AuthClient {
  readonly #options: AuthOptions;
  readonly #address: string;
  readonly #userAgent: string;

  constructor(options: AuthOptions, address: string, userAgent: string | null = null) {
    this.#options = options;
    this.#address = address;
    // Not as it is: a secret key in a browser's request would be refused.
    this.#userAgent = `onswift-api (${(userAgent ?? "unknown").slice(0, 300)})`;
  }

  /** Returns no session when the project requires confirmed addresses. */
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

  async #call<Answer>({ path, body, bearer }: Call): Promise<Answer> {
    const { supabaseUrl, secretKey, fetch: send = fetch } = this.#options;
    const response = await send(`${supabaseUrl}/auth/v1${path}`, {
      method: "POST",
      headers: {
        apikey: secretKey,
        "content-type": "application/json",
        "user-agent": this.#userAgent,
        ...(this.#address === "unknown" ? {} : { "sb-forwarded-for": this.#address }),
        "x-supabase-api-version": "2024-01-01",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (!response.ok) throw await authErrorOf(response);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }
}
