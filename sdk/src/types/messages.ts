import type { UserCard } from "./card.ts";

/** A message of a conversation. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly sender: UserCard;
  /** `null` if the message was deleted. */
  readonly content: string | null;
  /** ISO 8601 in UTC, like every time in the SDK. */
  readonly sentAt: string;
  readonly isEdited: boolean;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  /** The id that the sender's client gave the message; see {@link NewMessage.clientMessageId}. */
  readonly clientMessageId: string | null;
}

/** One page of messages. */
export interface MessageList {
  readonly messages: readonly Message[];
  /** Whether there are more messages in the same direction. */
  readonly hasMore: boolean;
}

/** The messages to list: newest first, or oldest first with `after`. */
export interface MessageFilter {
  /** The id of a message: list only older messages. */
  readonly before?: string | undefined;
  /** The id of a message: list only newer messages. Not together with `before`. */
  readonly after?: string | undefined;
  /** Items per page: default 50, at most 100. */
  readonly limit?: number | undefined;
}

/** The input of `messages.send`. */
export interface NewMessage {
  /** 1 to 5,000 characters, without the spaces around them. */
  readonly content: string;
  /**
   * A UUID that identifies the message; the SDK creates one if you do not. Sending again with the same id has
   * no effect and returns the first message. Set it to find the message in a list later.
   */
  readonly clientMessageId?: string | undefined;
}
