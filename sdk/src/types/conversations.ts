import type { Pagination } from "../core/lists.ts";
import type { UserCard } from "./card.ts";

/** A conversation between a creator and a talent. */
export interface Conversation {
  readonly id: string;
  readonly creator: UserCard;
  readonly talent: UserCard;
  /** `null` if there are no messages. */
  readonly lastMessage: LastMessage | null;
  /** Messages of the other participant after the last one marked as read. */
  readonly unreadCount: number;
  /** How far the other participant has read; `null` before they have read a message. For read receipts. */
  readonly lastRead: LastRead | null;
  /** ISO 8601 in UTC, like every time in the SDK; `null` if there are no messages. */
  readonly lastMessageAt: string | null;
  readonly createdAt: string;
}

/** The last message that a participant has read, as part of a {@link Conversation}. All earlier ones are read, too. */
export interface LastRead {
  readonly messageId: string;
  readonly readAt: string;
}

/** The last message of a conversation, as part of a {@link Conversation}. */
export interface LastMessage {
  readonly id: string;
  /** `null` if the message was deleted. */
  readonly content: string | null;
  readonly senderId: string;
  readonly sentAt: string;
}

/** The result of `conversations.open`. */
export interface OpenedConversation extends Conversation {
  /** Whether this call created the conversation. */
  readonly created: boolean;
}

/** One page of conversations. */
export interface ConversationList {
  readonly conversations: readonly Conversation[];
  readonly pagination: Pagination;
}

/** The page of conversations to list. */
export interface ConversationFilter {
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
}
