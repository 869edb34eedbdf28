import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { RealtimeEvent, RealtimeHandler, RealtimeStatus } from "../types/events.ts";
import type { Member } from "../types/presence.ts";
import { useShared } from "./provider.ts";

/** Calls a handler for each event, while the component is shown and a user is signed in. */
export function useRealtime<Event extends RealtimeEvent>(
  event: Event,
  handler: RealtimeHandler<Event>,
): void {
  const { onswift, session } = useShared();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const userId = session?.user.id;
  useEffect(() => {
    if (userId === undefined) return undefined;
    return onswift.realtime.on(event, (payload, delivery) => latest.current(payload, delivery));
  }, [onswift, event, userId]);
}

/** The status of the realtime connection, for example for a banner while it is `reconnecting`. */
export function useRealtimeStatus(): RealtimeStatus {
  const { realtime } = useShared().onswift;
  return useSyncExternalStore(
    (changed) => realtime.onStatus(changed),
    () => realtime.status,
    () => "closed",
  );
}

const nobody: readonly Member[] = [];

/**
 * The other participant of a conversation, while they have it open; otherwise an empty list. You appear online to them
 * while the component is shown, and away while its page is hidden.
 */
export function usePresence(conversationId: string): readonly Member[] {
  const { onswift, session } = useShared();
  const userId = session?.user.id;
  const [members, setMembers] = useState(nobody);
  useEffect(() => {
    if (userId === undefined) return undefined;
    // React Native has no pages.
    const page = typeof document === "undefined" ? undefined : document;
    const room = onswift.realtime.conversation(conversationId);
    const stop = room.onMembers((change) => setMembers(change.members));
    const show = () => room.setStatus(page?.visibilityState === "hidden" ? "away" : "online");
    show();
    page?.addEventListener("visibilitychange", show);
    return () => {
      page?.removeEventListener("visibilitychange", show);
      stop();
      setMembers(nobody);
    };
  }, [onswift, conversationId, userId]);
  return members;
}

/** The result of {@link useTyping}. */
export interface TypingState {
  /** Whether the other participant is typing. */
  readonly isTyping: boolean;
  /** Shows them that you are. Call it on every keystroke, and with `false` when the message is sent. */
  typing(isTyping?: boolean): void;
}

/** Who is typing in a conversation. */
export function useTyping(conversationId: string): TypingState {
  const { onswift, session } = useShared();
  const userId = session?.user.id;
  const [isTyping, setTyping] = useState(false);
  useEffect(() => {
    if (userId === undefined) return undefined;
    const room = onswift.realtime.conversation(conversationId);
    const stop = room.onTyping((change) => setTyping(change.isTyping));
    return () => {
      stop();
      setTyping(false);
    };
  }, [onswift, conversationId, userId]);
  return {
    isTyping,
    typing: (now) => onswift.realtime.conversation(conversationId).typing(now),
  };
}
