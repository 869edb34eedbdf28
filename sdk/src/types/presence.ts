/** The presence of a user who has the conversation open. Their app reports `away`. */
export type PresenceStatus = "online" | "away";

/** The other participant, while they have the conversation open. */
export interface Member {
  readonly userId: string;
  readonly status: PresenceStatus;
}

/** A change of the other participant's presence. */
export interface MemberChange {
  readonly event: "user:online" | "user:away" | "user:offline";
  readonly userId: string;
  /** The members after the change. */
  readonly members: readonly Member[];
}

/** The other participant started or stopped typing. */
export interface Typing {
  readonly conversationId: string;
  readonly userId: string;
  readonly isTyping: boolean;
}
