import type { SupabaseLike } from "../types/supabase.ts";
import { OnSwiftError } from "./errors.ts";

/** The parts of a supabase-js session that matter here. */
export interface SessionView {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds since 1970. */
  readonly expires_at?: number;
}

type Answer<T> = Promise<{ readonly data: T; readonly error: AuthFailure | null }>;

/** An error as supabase-js's auth gives it. */
export interface AuthFailure {
  readonly name: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly reasons?: readonly string[];
}

interface Authenticated {
  readonly session: SessionView | null;
  readonly user: { readonly identities?: readonly unknown[] } | null;
}

/** What is used of supabase-js's auth. */
export interface AuthView {
  getSession(): Answer<{ readonly session: SessionView | null }>;
  signUp(credentials: {
    email: string;
    password: string;
    options: { data: object };
  }): Answer<Authenticated>;
  signInWithPassword(credentials: { email: string; password: string }): Answer<Authenticated>;
  refreshSession(current?: { refresh_token: string }): Answer<Authenticated>;
  signOut(options: { scope: "local" | "global" | "others" }): Promise<{
    readonly error: AuthFailure | null;
  }>;
  onAuthStateChange(listener: (event: string, session: SessionView | null) => void): {
    readonly data: { readonly subscription: { unsubscribe(): void } };
  };
}

/** What is used of a channel of supabase-js. */
export interface ChannelView {
  on(
    type: "broadcast" | "presence",
    filter: { readonly event: string },
    listener: (message: never) => void,
  ): unknown;
  subscribe(listener: (status: string, error?: Error) => void): unknown;
  unsubscribe(): Promise<unknown>;
  teardown?(): void;
  updateJoinPayload?(payload: object): void;
  send(message: { type: "broadcast"; event: string; payload: object }): Promise<unknown>;
  track(payload: object): Promise<unknown>;
  presenceState(): Readonly<Record<string, readonly object[]>>;
}

/** What is used of supabase-js's realtime. */
export interface RealtimeView {
  channel(topic: string, options: object): ChannelView;
  setAuth(token: string): Promise<void>;
  isConnected(): boolean;
  getChannels(): readonly unknown[];
  disconnect(): unknown;
}

interface RestView {
  readonly url: string;
  readonly headers: Headers;
  readonly fetch: typeof fetch;
}

/** The way to one backend, as the supabase-js client is set up for it. */
export interface Connection {
  /** The project's base URL, without a slash at its end. */
  readonly url: string;
  /** Headers that go with every request. */
  readonly headers: Headers;
  /** Sends with the project's key; adds the session's token only where a request brings none. */
  readonly fetch: typeof fetch;
  /** The project's key; `null` where requests have to go through `fetch`, which adds it. */
  readonly key: string | null;
  readonly auth: AuthView;
  readonly realtime: RealtimeView;
}

/** Reads the connection off a client through what supabase-js makes public. */
export function connectionOf(client: SupabaseLike): Connection {
  const schema = client.schema as (name: string) => Partial<RestView>;
  const { url, headers, fetch } = schema.call(client, "api");
  if (!url?.endsWith("/rest/v1") || !headers || !fetch) {
    throw new OnSwiftError({
      code: "INTERNAL_ERROR",
      message: "fromSupabase needs a client made by createClient of @supabase/supabase-js 2.",
    });
  }
  const base = url.slice(0, -"/rest/v1".length);
  const { supabaseKey } = client as { readonly supabaseKey?: unknown };
  return {
    url: base,
    // Early versions of supabase-js keep a plain object here.
    headers: new Headers(headers),
    fetch,
    key: typeof supabaseKey === "string" ? supabaseKey : null,
    auth: client.auth as AuthView,
    realtime: client.realtime as RealtimeView,
  };
}
