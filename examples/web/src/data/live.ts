import type {
  Conversation,
  ConversationList,
  Message,
  MessageList,
  RealtimeStatus,
} from "@onswift/sdk";
import type { InfiniteData } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { onswift } from "../app/onswift.ts";
import { cache } from "./cache.ts";

type Pages = InfiniteData<MessageList, string | undefined>;

/** Keeps what is on the screen current, for as long as the component that calls it is there. */
export function useLiveUpdates(): void {
  useEffect(() => {
    const { realtime } = onswift;
    const stale = (...topics: string[]) => {
      for (const topic of topics) void cache.invalidateQueries({ queryKey: [topic] });
    };
    const stops = [
      realtime.on("message:received", ({ message }) => {
        putMessage(message);
        stale("conversations");
      }),
      realtime.on("message:updated", ({ message }) => {
        putMessage(message);
        stale("conversations");
      }),
      realtime.on("message:deleted", ({ conversationId }) => {
        void cache.invalidateQueries({ queryKey: ["messages", conversationId] });
        stale("conversations");
      }),
      realtime.on("conversation:read", ({ conversationId, userId, messageId }) => {
        cache.setQueryData(["seen", conversationId, userId], messageId);
        stale("conversations");
      }),
      realtime.on("task:assigned", () => stale("tasks", "projects", "project", "calendar")),
      realtime.on("task:status_changed", () => stale("tasks", "projects", "project", "calendar")),
      realtime.on("deliverable:submitted", () => stale("deliverables", "deliverable")),
      realtime.on("deliverable:approved", () => stale("deliverables", "deliverable", "tasks")),
      realtime.on("deliverable:revision_requested", () => stale("deliverables", "deliverable")),
      realtime.on("notification:new", ({ notification }) => {
        stale("notifications");
        // Being added to a team, or a project that begins or ends, has no event of its own.
        if (["team_added", "project_status_changed"].includes(notification.type))
          stale("projects", "project");
        if (notification.type === "review_received") stale("me", "talent", "reviews");
      }),
      // Events may be lost while the connection is down.
      realtime.onResync(
        () => void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "seen" }),
      ),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}

/** Inserts or replaces one message. The sender's own copy is found by the id that the sender gave it. */
export function putMessage(message: Message): void {
  cache.setQueryData<Pages>(["messages", message.conversationId], (pages) => {
    const [newest, ...older] = pages?.pages ?? [];
    if (pages === undefined || newest === undefined) return pages;
    const isSame = (other: Message) =>
      other.id === message.id ||
      (message.clientMessageId !== null && other.clientMessageId === message.clientMessageId);
    if (pages.pages.some((page) => page.messages.some(isSame))) {
      const replaced = pages.pages.map((page) => ({
        ...page,
        messages: page.messages.map((other) => (isSame(other) ? message : other)),
      }));
      return { ...pages, pages: replaced };
    }
    const first = { ...newest, messages: [message, ...newest.messages] };
    return { ...pages, pages: [first, ...older] };
  });
}

export function dropMessage(conversationId: string, clientMessageId: string): void {
  cache.setQueryData<Pages>(["messages", conversationId], (pages) => {
    if (pages === undefined) return pages;
    const kept = pages.pages.map((page) => ({
      ...page,
      messages: page.messages.filter((other) => other.clientMessageId !== clientMessageId),
    }));
    return { ...pages, pages: kept };
  });
}

/** Shows a conversation as read before the backend has answered. */
export function markReadHere(conversationId: string): void {
  cache.setQueryData<ConversationList>(["conversations"], (list) => {
    if (list === undefined) return list;
    const read = (one: Conversation) =>
      one.id === conversationId ? { ...one, unreadCount: 0 } : one;
    return { ...list, conversations: list.conversations.map(read) };
  });
}

export const useRealtimeStatus = (): RealtimeStatus =>
  useSyncExternalStore(
    (listener) => onswift.realtime.onStatus(listener),
    () => onswift.realtime.status,
  );
