import { createClient, type OnSwift, type SessionStorage } from "../src/index.ts";

/** A request that the fake backend received. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A response, a failed connection (`Error`), or no response at all (`never`). */
export type Reply = Response | Error | "never";
type Script = (request: Seen, attempt: number) => Reply;

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

/** A `fetch` without a network that records its requests. */
export class FakeBackend {
  readonly seen: Seen[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  /** The requests for operations, without those to the Auth service. */
  get operations(): readonly Seen[] {
    return this.seen.filter((request) => request.path.startsWith("/rest/v1/"));
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const text = init?.body;
    const request: Seen = {
      method: init?.method ?? "GET",
      path: url.pathname + url.search,
      headers: new Headers(init?.headers),
      body: typeof text === "string" ? JSON.parse(text) : null,
    };
    this.seen.push(request);
    const attempt = this.seen.filter(({ path }) => path === request.path).length;
    const reply = this.#script(request, attempt);
    if (reply instanceof Error) throw reply;
    if (reply !== "never") return reply;
    return new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  };
}

export interface StoredSession {
  /** Seconds from now; negative if the access token has expired. */
  readonly endsIn: number;
}

/** Creates a client of the fake backend; with `session`, a user is signed in. */
export function clientOf(
  backend: FakeBackend,
  { session, headers }: { session?: StoredSession; headers?: Record<string, string> } = {},
): OnSwift {
  return createClient({
    url: "http://backend.test",
    key: "sb_publishable_test",
    fetch: backend.fetch,
    storageKey: "session",
    storage: storageWith(session),
    ...(headers ? { headers } : {}),
  });
}

/** Creates an in-memory storage with the session under the key "session". */
export function storageWith(session?: StoredSession): SessionStorage {
  const stored = new Map<string, string>();
  if (session) stored.set("session", JSON.stringify(storedSession(session.endsIn)));
  return {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  };
}

/** Creates an unsigned token in the backend's format. */
export function token(claims: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 900;
  const own = {
    sub: userId,
    session_id: sessionId,
    email: "zoë@example.com",
    userType: "creator",
    exp,
    ...claims,
  };
  return `${part({ alg: "none" })}.${part(own)}.x`;
}

export const userId = "5f0c6d0e-0000-4000-8000-000000000001";
export const sessionId = "5f0c6d0e-0000-4000-8000-00000000000a";

export function storedSession(endsIn = 900) {
  const now = Math.floor(Date.now() / 1000);
  return {
    access_token: token({ exp: now + endsIn }),
    refresh_token: "refresh-1",
    token_type: "bearer",
    expires_in: endsIn,
    expires_at: now + endsIn,
    user: { id: userId, email: "zoë@example.com", identities: [{}], user_metadata: {} },
  };
}

/** The page of a list of projects that the body of a request asks for; two to a page by default. */
export function pageAt(ids: readonly string[], body: unknown) {
  const { page = 1, limit = 2 } = body as { page?: number; limit?: number };
  const totalPages = Math.ceil(ids.length / limit);
  return {
    projects: ids.slice((page - 1) * limit, page * limit).map((id) => ({ id, name: id })),
    pagination: {
      page,
      limit,
      total: ids.length,
      totalPages,
      hasNext: page < totalPages,
      hasPrev: page > 1,
    },
  };
}
