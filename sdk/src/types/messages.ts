import type { UserCard } from "./card.ts";

/** A message of a conversation. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly sender: UserCard;
  /** `null` after it was deleted: what is left is its place. */
  readonly content: string | null;
  /** ISO 8601 in UTC, like every time here. */
  readonly sentAt: string;
  readonly isEdited: boolean;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  /** The name its sender gave it, by which a screen knows its own message again. */
  readonly clientMessageId: string | null;
}

/** Messages of a conversation, from one end of what was asked for. */
export interface MessageList {
  readonly messages: readonly Message[];
  /** Whether there are more in the same direction. */
  readonly hasMore: boolean;
}

/** Which messages. Newest first; with `after`, oldest first. */
export interface MessageFilter {
  /** Only messages before this one (its id): further back in the history. */
  readonly before?: string | undefined;
  /** Only messages after this one (its id): to catch up. Not together with `before`. */
  readonly after?: string | undefined;
  /** Items a page: default 50, at most 100. */
  readonly limit?: number | undefined;
}

/** A new message. */
export interface NewMessage {
  /** 1 to 5,000 characters; blanks around them are cut off. */
  readonly content: string;
  /**
   * A UUID that names this message, made up when left out. The backend takes a name only once, so a send
   * that is repeated never says anything twice. Bring your own to find the message again in a list.
   */
  readonly clientMessageId?: string | undefined;
}
