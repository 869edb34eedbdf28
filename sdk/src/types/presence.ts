/** Whether somebody who has the conversation open is at it; `away` is what their app says. */
export type PresenceStatus = "online" | "away";

/** Who has the conversation open beside oneself. */
export interface Member {
  readonly userId: string;
  readonly status: PresenceStatus;
}

/** What changed about who is there. */
export interface MemberChange {
  readonly event: "user:online" | "user:away" | "user:offline";
  readonly userId: string;
  /** Who is there now. */
  readonly members: readonly Member[];
}

/** Somebody began to type, or stopped. */
export interface Typing {
  readonly conversationId: string;
  readonly userId: string;
  readonly isTyping: boolean;
}
