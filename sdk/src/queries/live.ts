import type { QueryClient } from "@tanstack/react-query";
import type { OnSwift } from "../client.ts";
import type { Conversation } from "../types/conversations.ts";
import type { RealtimeEvent, RealtimeHandler } from "../types/events.ts";
import type { Notification } from "../types/notifications.ts";
import type { Task } from "../types/tasks.ts";
import { type Area, keyOf } from "./keys.ts";
import { patchCached, putMessage } from "./patch.ts";

/** What a notification changes that has no event of its own. */
const changedBy: Readonly<Partial<Record<Notification["type"], readonly Area[]>>> = {
  team_added: ["projects"],
  project_status_changed: ["projects", "tasks"],
  task_unassigned: ["tasks"],
  review_received: ["reviews", "users"],
  file_rejected: ["deliverables", "samples"],
};

const workAreas: readonly Area[] = ["tasks", "projects", "calendar", "analytics"];

/** Loads what is shown of these areas again, and the rest when it is shown. */
const invalidate = (cache: QueryClient, areas: readonly Area[]): Promise<unknown> =>
  Promise.all(areas.map((area) => cache.invalidateQueries({ queryKey: keyOf(area) })));

/** A cache that follows what happens. */
export interface LiveCache {
  /** Loads what is shown of these areas again, here and in the other tabs of this browser. */
  changed(...areas: readonly Area[]): Promise<void>;
  /** Ends the updates. */
  stop(): void;
}

/**
 * Whose data a cache holds; `null` if it is that of a visitor. Users can also change while nothing keeps the cache in
 * step: on a page without the provider, or when it gets another client.
 */
const owners = new WeakMap<QueryClient, string | null>();

/**
 * Keeps a cache in step with the realtime events of the signed-in user, and empties it when the user changes.
 * `OnSwiftProvider` calls it for you.
 *
 * The other tabs of a browser share its session and get no events about what this tab does; `changed` notifies them.
 */
export function keepLive(onswift: OnSwift, cache: QueryClient): LiveCache {
  let userId: string | undefined;
  let tabs: BroadcastChannel | undefined;
  let stops: readonly (() => void)[] = [];
  const stop = () => {
    for (const end of stops) end();
    stops = [];
    tabs?.close();
    tabs = undefined;
  };
  const start = (user: string) => {
    stops = listen(onswift, cache, user);
    if (typeof BroadcastChannel === "undefined") return;
    tabs = new BroadcastChannel(`onswift:${user}`);
    tabs.onmessage = ({ data }: MessageEvent<readonly Area[]>) => void invalidate(cache, data);
  };
  const endSession = onswift.auth.onChange((event, session) => {
    const now = session?.user.id;
    const owner = owners.get(cache);
    owners.set(cache, now ?? null);
    // What one user has loaded is not for the next one. What a server has loaded for the page is for its user.
    const changes = owner === undefined ? event !== "restored" : owner !== (now ?? null);
    if (changes) cache.removeQueries({ queryKey: keyOf() });
    if (now === userId) return;
    userId = now;
    stop();
    if (now !== undefined) start(now);
  });
  return {
    async changed(...areas) {
      tabs?.postMessage(areas);
      await invalidate(cache, areas);
    },
    stop() {
      endSession();
      stop();
    },
  };
}

function listen(onswift: OnSwift, cache: QueryClient, userId: string): readonly (() => void)[] {
  const { realtime } = onswift;
  const stale = (...areas: readonly Area[]) => void invalidate(cache, areas);
  const on = <Event extends RealtimeEvent>(event: Event, handler: RealtimeHandler<Event>) =>
    realtime.on(event, handler);

  return [
    on("message:received", ({ message }) => {
      putMessage(cache, message);
      stale("conversations");
    }),
    on("message:updated", ({ message }) => {
      putMessage(cache, message);
      stale("conversations");
    }),
    on("message:deleted", () => stale("messages", "conversations")),
    on("conversation:read", ({ conversationId, userId: reader, messageId, readAt }) => {
      // Read on another device of this user.
      if (reader === userId) return markReadInCache(cache, conversationId);
      patchCached<Conversation>(cache, keyOf("conversations"), (one) =>
        one.id === conversationId ? { ...one, lastRead: { messageId, readAt } } : one,
      );
    }),
    on("task:assigned", ({ task }) => {
      patchCached<Task>(cache, keyOf("tasks"), (one) => (one.id === task.id ? task : one));
      stale(...workAreas);
    }),
    on("task:status_changed", ({ taskId, status }) => {
      patchCached<Task>(cache, keyOf("tasks"), (one) =>
        one.id === taskId ? { ...one, status } : one,
      );
      stale(...workAreas);
    }),
    on("deliverable:submitted", () => stale("deliverables", "analytics")),
    on("deliverable:approved", () => stale("deliverables", "analytics")),
    on("deliverable:revision_requested", () => stale("deliverables", "analytics")),
    on("notification:new", ({ notification: { type } }) =>
      stale("notifications", ...(changedBy[type] ?? [])),
    ),
    // Some events were lost.
    realtime.onResync(() => void cache.invalidateQueries({ queryKey: keyOf() })),
  ];
}

/** Shows a conversation as read. */
export function markReadInCache(cache: QueryClient, conversationId: string): void {
  patchCached<Conversation>(cache, keyOf("conversations"), (one) =>
    one.id === conversationId && one.unreadCount > 0 ? { ...one, unreadCount: 0 } : one,
  );
}
