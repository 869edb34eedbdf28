import type { Pagination } from "../core/result.ts";
import type { UserCard } from "./card.ts";

/** A creator and a talent who talk. There is one conversation for the two. */
export interface Conversation {
  readonly id: string;
  readonly creator: UserCard;
  readonly talent: UserCard;
  /** `null` while nothing was said. */
  readonly lastMessage: LastMessage | null;
  /** The other side's messages after the one last marked as read. */
  readonly unreadCount: number;
  /** ISO 8601 in UTC, like every time here. */
  readonly lastMessageAt: string | null;
  readonly createdAt: string;
}

/** The last message as a list of conversations shows it. */
export interface LastMessage {
  readonly id: string;
  /** `null` after it was deleted. */
  readonly content: string | null;
  readonly senderId: string;
  readonly sentAt: string;
}

/** A conversation as `open` answers it. */
export interface OpenedConversation extends Conversation {
  /** Whether it began with this call. */
  readonly created: boolean;
}

/** One page of conversations. */
export interface ConversationList {
  readonly conversations: readonly Conversation[];
  readonly pagination: Pagination;
}

/** Which page of the conversations. */
export interface ConversationFilter {
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default 20, at most 100. */
  readonly limit?: number | undefined;
}
