import type { SupabaseLike } from "../types/supabase.ts";
import { OnSwiftError } from "./errors.ts";
import { type PlainHeaders, plainHeaders } from "./headers.ts";
import type { Renewal } from "./renewal.ts";

/** The parts of a supabase-js session that the SDK uses. */
export interface SessionView {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds since 1970. */
  readonly expires_at?: number;
  readonly user?: { readonly factors?: readonly Pick<FactorView, "status">[] | undefined };
}

type AuthResponse<T> = Promise<{ readonly data: T; readonly error: AuthFailure | null }>;

/** An error of supabase-js's auth client. */
export interface AuthFailure {
  readonly name: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly reasons?: readonly string[];
}

interface SignInData {
  readonly session: SessionView | null;
  readonly user: { readonly identities?: readonly unknown[] } | null;
}

interface FactorView {
  readonly id: string;
  readonly friendly_name?: string | undefined;
  readonly factor_type: string;
  readonly status: "verified" | "unverified";
  readonly created_at: string;
}

interface EnrolledFactorView {
  readonly id: string;
  readonly friendly_name?: string | undefined;
  readonly totp: { readonly qr_code: string; readonly secret: string; readonly uri: string };
}

/** The same as `AuthResponse`, of methods that promise data whenever there is no error. */
type MfaResponse<T> = Promise<
  { readonly data: T; readonly error: null } | { readonly data: null; readonly error: AuthFailure }
>;

/** The parts of supabase-js's client of second factors that the SDK uses. */
export interface MfaView {
  enroll(factor: {
    factorType: "totp";
    friendlyName?: string;
    issuer?: string;
  }): MfaResponse<EnrolledFactorView>;
  challenge(factor: {
    factorId: string;
  }): MfaResponse<{ readonly id: string; readonly expires_at: number }>;
  verify(code: { factorId: string; challengeId: string; code: string }): MfaResponse<SessionView>;
  challengeAndVerify(code: { factorId: string; code: string }): MfaResponse<SessionView>;
  unenroll(factor: { factorId: string }): MfaResponse<unknown>;
  listFactors(): MfaResponse<{ readonly all: readonly FactorView[] }>;
  getAuthenticatorAssuranceLevel(): MfaResponse<{
    readonly currentLevel: string | null;
    readonly nextLevel: string | null;
  }>;
}

/** The parts of supabase-js's auth client that the SDK uses. */
export interface AuthView {
  readonly mfa: MfaView;
  getSession(): AuthResponse<{ readonly session: SessionView | null }>;
  signUp(credentials: {
    email: string;
    password: string;
    options: { data: object };
  }): AuthResponse<SignInData>;
  signInWithPassword(credentials: { email: string; password: string }): AuthResponse<SignInData>;
  refreshSession(current?: { refresh_token: string }): AuthResponse<SignInData>;
  signOut(options: { scope: "local" | "global" | "others" }): Promise<{
    readonly error: AuthFailure | null;
  }>;
  onAuthStateChange(listener: (event: string, session: SessionView | null) => void): {
    readonly data: { readonly subscription: { unsubscribe(): void } };
  };
}

/** The parts of a supabase-js channel that the SDK uses. */
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

/** The parts of supabase-js's realtime client that the SDK uses. */
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

/** The connection to one backend, taken from a supabase-js client. */
export interface Connection {
  /** The project's base URL, without a trailing slash. */
  readonly url: string;
  /** Headers to send with every request. */
  readonly headers: PlainHeaders;
  /** Adds the project's key, and the session's token if the request has no `Authorization` header. */
  readonly fetch: typeof fetch;
  /** The project's key; `null` if every request has to go through `fetch`, which adds the key. */
  readonly key: string | null;
  readonly auth: AuthView;
  /** Only for a client of our own. */
  readonly renewal?: Renewal;
  readonly realtime: RealtimeView;
}

/** Returns the connection of a supabase-js client, using only its public members. */
export function connectionOf(client: SupabaseLike): Connection {
  const schema = client.schema as (name: string) => Partial<RestView>;
  const { url, headers, fetch } = schema.call(client, "api");
  if (!url?.endsWith("/rest/v1") || !headers || !fetch) {
    throw new OnSwiftError({
      code: "INTERNAL_ERROR",
      message: "fromSupabase needs a client created by createClient of @supabase/supabase-js 2.",
    });
  }
  const base = url.slice(0, -"/rest/v1".length);
  const { supabaseKey } = client as { readonly supabaseKey?: unknown };
  return {
    url: base,
    headers: plainHeaders(headers),
    fetch,
    key: typeof supabaseKey === "string" ? supabaseKey : null,
    auth: client.auth as AuthView,
    realtime: client.realtime as RealtimeView,
  };
}
