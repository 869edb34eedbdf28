import { useEffect, useState } from "react";
import { onswift } from "../app/onswift.ts";

export interface Room {
  readonly isTyping: boolean;
  readonly presence: "online" | "away" | "offline";
  type(isTyping: boolean): void;
}

/** Follows the other person of a conversation, and shows them the user of this page. */
export function useRoom(conversationId: string, otherId: string): Room {
  const [isTyping, setTyping] = useState(false);
  const [presence, setPresence] = useState<Room["presence"]>("offline");
  useEffect(() => {
    const room = onswift.realtime.conversation(conversationId);
    const stops = [
      room.onTyping((typing) => {
        if (typing.userId === otherId) setTyping(typing.isTyping);
      }),
      room.onMembers(({ members }) =>
        setPresence(members.find(({ userId }) => userId === otherId)?.status ?? "offline"),
      ),
    ];
    const show = () => room.setStatus(document.visibilityState === "visible" ? "online" : "away");
    show();
    document.addEventListener("visibilitychange", show);
    return () => {
      document.removeEventListener("visibilitychange", show);
      for (const stop of stops) stop();
      setTyping(false);
      setPresence("offline");
    };
  }, [conversationId, otherId]);
  const type = (now: boolean) => onswift.realtime.conversation(conversationId).typing(now);
  return { isTyping, presence, type };
}
