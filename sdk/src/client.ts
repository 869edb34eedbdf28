import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { Auth } from "./auth.ts";
import { Conversations } from "./conversations.ts";
import { Backend } from "./core/backend.ts";
import { type Connection, connectionOf } from "./core/connection.ts";
import { callDefaults } from "./core/options.ts";
import { tokensOf } from "./core/tokens.ts";
import { socketFor, type WebSocketConstructor } from "./core/web-socket.ts";
import { Deliverables } from "./deliverables.ts";
import { Files } from "./files.ts";
import { Messages } from "./messages.ts";
import { Notifications } from "./notifications.ts";
import { Projects } from "./projects.ts";
import { Realtime } from "./realtime/realtime.ts";
import { Samples } from "./samples.ts";
import { Tasks } from "./tasks.ts";
import { Team } from "./team.ts";
import type { SupabaseLike } from "./types/supabase.ts";
import { Users } from "./users.ts";

/**
 * The OnSwift backend, by domain.
 *
 * Besides the errors an operation names, each can give `NETWORK`, `TIMEOUT`, `ABORTED`,
 * `SERVICE_UNAVAILABLE` and `INTERNAL_ERROR`; those that need somebody signed in (all but `auth` and
 * `users.skills`) `NOT_AUTHENTICATED`, `SESSION_EXPIRED` and `SESSION_REVOKED`.
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
  readonly notifications: Notifications;
  readonly realtime: Realtime;
}

/** What a client applies to calls that say nothing themselves. */
export interface ClientDefaults {
  /** Milliseconds a call may take altogether; default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Retries of a call that may be repeated; default 2. */
  readonly maxRetries?: number | undefined;
}

/** How to reach the backend, and how to keep the session. */
export interface ClientOptions extends ClientDefaults {
  /** The project's URL, for example `https://<ref>.supabase.co`. */
  readonly url: string;
  /** The publishable key. Never a secret key: apps are readable. */
  readonly key: string;
  /** Headers to send with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A `fetch` to use instead of the runtime's. */
  readonly fetch?: typeof fetch | undefined;
  /** Whether the session survives a reload; default `true` where the runtime has a `localStorage`. */
  readonly persistSession?: boolean | undefined;
  /** Where to keep the session instead of `localStorage`. */
  readonly storage?: SessionStorage | undefined;
  /** The name to keep it under; two clients in one app need two. */
  readonly storageKey?: string | undefined;
  /** A WebSocket class, for runtimes without one (Node 20). Only realtime needs it. */
  readonly webSocket?: WebSocketConstructor | undefined;
}

/** A place for the session, such as React Native's AsyncStorage. */
export interface SessionStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/**
 * A client of its own.
 *
 * @example
 * ```ts
 * const onswift = createClient({ url: "http://127.0.0.1:54321", key: "sb_publishable_…" });
 * ```
 */
export function createClient(options: ClientOptions): OnSwift {
  const { url, key, headers, fetch, persistSession, storage, storageKey, webSocket } = options;
  const socket = socketFor(webSocket);
  const supabase = createSupabaseClient(url, key, {
    auth: {
      // No flow of OnSwift brings a session in the page's address.
      detectSessionInUrl: false,
      ...(persistSession === undefined ? {} : { persistSession }),
      ...(storage === undefined ? {} : { storage }),
      ...(storageKey === undefined ? {} : { storageKey }),
    },
    global: {
      ...(headers === undefined ? {} : { headers }),
      ...(fetch === undefined ? {} : { fetch }),
    },
    ...(socket === undefined ? {} : { realtime: { transport: socket as never } }),
  });
  const connection = connectionOf(supabase);
  // What the app's own fetch does to requests has to happen to uploads as well.
  return clientOf(fetch === undefined ? connection : { ...connection, key: null }, options);
}

/**
 * A client that shares session, key, headers and `fetch` with a supabase-js client you have already.
 *
 * On a server, give that client the caller's `Authorization` header: the calls are then the caller's.
 *
 * @example
 * ```ts
 * const supabase = createSupabaseClient(url, publishableKey);
 * const onswift = fromSupabase(supabase);
 * ```
 */
export function fromSupabase(supabase: SupabaseLike, defaults: ClientDefaults = {}): OnSwift {
  return clientOf(connectionOf(supabase), defaults);
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
    notifications: new Notifications(backend),
    realtime,
  };
}
