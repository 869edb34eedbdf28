import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { Analytics } from "./analytics.ts";
import { Auth } from "./auth.ts";
import { Calendar } from "./calendar.ts";
import { Conversations } from "./conversations.ts";
import { Backend } from "./core/backend.ts";
import { type Connection, connectionOf } from "./core/connection.ts";
import { type Logger, logged } from "./core/log.ts";
import { callDefaults } from "./core/options.ts";
import { keepDeviceClock, Renewal } from "./core/renewal.ts";
import { tokensOf } from "./core/tokens.ts";
import { realtimeOptions, type WebSocketConstructor } from "./core/web-socket.ts";
import { Deliverables } from "./deliverables.ts";
import { Files } from "./files.ts";
import { Messages } from "./messages.ts";
import { Notifications } from "./notifications.ts";
import { Projects } from "./projects.ts";
import { Realtime } from "./realtime/realtime.ts";
import { Reviews } from "./reviews.ts";
import { Samples } from "./samples.ts";
import { Tasks } from "./tasks.ts";
import { Team } from "./team.ts";
import type { SupabaseLike } from "./types/supabase.ts";
import { Users } from "./users.ts";

/**
 * A client of the OnSwift backend, with one namespace per domain.
 *
 * Each operation lists its own errors. In addition, every operation can return `NETWORK`, `TIMEOUT`,
 * `ABORTED`, `SERVICE_UNAVAILABLE` and `INTERNAL_ERROR`, and every operation that requires a signed-in user
 * `NOT_AUTHENTICATED`, `SESSION_EXPIRED`, `SESSION_REVOKED` and `MFA_REQUIRED` (`auth.signIn`).
 */
export interface OnSwift {
  readonly auth: Auth;
  readonly users: Users;
  readonly projects: Projects;
  readonly team: Team;
  readonly tasks: Tasks;
  readonly deliverables: Deliverables;
  readonly files: Files;
  readonly samples: Samples;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly reviews: Reviews;
  readonly calendar: Calendar;
  readonly analytics: Analytics;
  readonly notifications: Notifications;
  readonly realtime: Realtime;
}

/** Defaults for the options of all calls. */
export interface ClientDefaults {
  /** Time limit of a call in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How many times a call is retried after a temporary failure. Default 2. */
  readonly maxRetries?: number | undefined;
  /**
   * Receives every request, for debugging. Not those of an upload that reports its progress. With
   * {@link fromSupabase}, not those of supabase-js either.
   */
  readonly logger?: Logger | undefined;
}

/** Options of {@link createClient}. */
export interface ClientOptions extends ClientDefaults {
  /** The project's URL, for example `https://<ref>.supabase.co`. */
  readonly url: string;
  /** The publishable key. Never use a secret key: users can read what an app contains. */
  readonly key: string;
  /** Headers to send with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A `fetch` to use instead of the runtime's own. */
  readonly fetch?: typeof fetch | undefined;
  /** Whether the session survives a reload. Default `true` if the runtime has a `localStorage`. */
  readonly persistSession?: boolean | undefined;
  /** Where to store the session instead of `localStorage`. */
  readonly storage?: SessionStorage | undefined;
  /** The key to store the session under. Two clients in one app need different keys. */
  readonly storageKey?: string | undefined;
  /** A WebSocket class for runtimes without one. Only `realtime` needs it. */
  readonly webSocket?: WebSocketConstructor | undefined;
}

/** A storage for the session, for example React Native's AsyncStorage. */
export interface SessionStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/**
 * Creates a client that manages its own session.
 *
 * @example
 * ```ts
 * const onswift = createClient({ url: "http://127.0.0.1:54321", key: "sb_publishable_…" });
 * ```
 */
export function createClient(options: ClientOptions): OnSwift {
  const { url, key, headers, fetch, logger, persistSession, storage, storageKey, webSocket } =
    options;
  // Looked up for each request: an app may replace the runtime's fetch later.
  const send = logged((...request) => (fetch ?? globalThis.fetch)(...request), logger);
  const renewal = new Renewal(send);
  const supabase = createSupabaseClient(url, key, {
    auth: {
      // OnSwift never passes a session in the page's URL.
      detectSessionInUrl: false,
      ...(persistSession === undefined ? {} : { persistSession }),
      ...(storage === undefined ? {} : { storage }),
      ...(storageKey === undefined ? {} : { storageKey }),
    },
    global: {
      ...(headers === undefined ? {} : { headers }),
      fetch: renewal.fetch,
    },
    realtime: realtimeOptions(webSocket),
  });
  const connection = {
    ...connectionOf(supabase),
    renewal,
    // Not supabase-js's own: that waits for the session before every request, also those that need none.
    fetch: withKey(key, send),
    // The app's own fetch may change requests. Without a key, uploads use it too instead of XMLHttpRequest.
    ...(fetch === undefined ? {} : { key: null }),
  };
  return clientOf(connection, options);
}

/** Adds the project's key, also as the token of requests without one. */
const withKey =
  (key: string, send: typeof fetch): typeof fetch =>
  (input, init) => {
    const headers = { apikey: key, authorization: `Bearer ${key}`, ...init?.headers };
    return send(input, { ...init, headers });
  };

/**
 * Creates a client that shares the session, key, headers and `fetch` of an existing supabase-js client.
 *
 * On a server, create that client with the caller's `Authorization` header: the calls then act for the caller.
 *
 * @example
 * ```ts
 * const supabase = createSupabaseClient(url, publishableKey);
 * const onswift = fromSupabase(supabase);
 * ```
 */
export function fromSupabase(supabase: SupabaseLike, defaults: ClientDefaults = {}): OnSwift {
  const connection = connectionOf(supabase);
  keepDeviceClock(connection.auth);
  const fetch = logged(connection.fetch, defaults.logger);
  return clientOf({ ...connection, fetch }, defaults);
}

function clientOf(connection: Connection, defaults: ClientDefaults): OnSwift {
  const backend = new Backend(connection, tokensOf(connection), {
    timeoutMs: defaults.timeoutMs ?? callDefaults.timeoutMs,
    maxRetries: defaults.maxRetries ?? callDefaults.maxRetries,
  });
  const realtime = new Realtime(backend);
  return {
    auth: new Auth(backend, realtime),
    users: new Users(backend),
    projects: new Projects(backend),
    team: new Team(backend),
    tasks: new Tasks(backend),
    deliverables: new Deliverables(backend),
    files: new Files(backend),
    samples: new Samples(backend),
    conversations: new Conversations(backend),
    messages: new Messages(backend),
    reviews: new Reviews(backend),
    calendar: new Calendar(backend),
    analytics: new Analytics(backend),
    notifications: new Notifications(backend),
    realtime,
  };
}
