import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  Conversation,
  ConversationFilter,
  ConversationList,
  OpenedConversation,
} from "./types/conversations.ts";

/** Conversations between a creator and a talent. There is at most one for each pair. */
export class Conversations {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the signed-in user's conversations, the one with the latest message first.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  list(
    filter: ConversationFilter = {},
    options?: CallOptions,
  ): ListCall<ConversationList, Conversation> {
    const args = () => onlyKeys(filter, "page", "limit");
    return this.#backend.list("list_conversations", args, numbered(items), options);
  }

  /**
   * Returns the conversation with another user, and creates it if there is none. A talent can start at most
   * 5 conversations per day with creators they share no project with.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR` (also for the caller's own id), `SAME_USER_TYPE` (two creators or two
   * talents), `NOT_FOUND`, `BLOCKED`, `RATE_LIMITED`, `CONFLICT` (idempotency key used for another request).
   * @example
   * ```ts
   * const { id } = await onswift.conversations.open(talentId).orThrow();
   * await onswift.messages.send(id, { content: "Are you free in May?" });
   * ```
   */
  open(participantId: string, options?: CallOptions): Call<OpenedConversation> {
    return this.#backend.call("put", "open_conversation", { participantId }, options);
  }

  /**
   * Returns one conversation.
   *
   * Requires: participant.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  get(conversationId: string, options?: CallOptions): Call<Conversation> {
    return this.#backend.call("read", "get_conversation", { conversationId }, options);
  }

  /**
   * Marks a conversation as read up to a message. An older message than before changes nothing. The other
   * participant receives the event `conversation:read`.
   *
   * Requires: participant.
   * Errors: `VALIDATION_ERROR` (also for a message of another conversation), `NOT_FOUND`, `FORBIDDEN`.
   */
  markRead(conversationId: string, messageId: string, options?: CallOptions): Call<null> {
    const args = { conversationId, messageId };
    return this.#backend.call("put", "mark_conversation_read", args, options);
  }
}

const items = (page: ConversationList) => page.conversations;
