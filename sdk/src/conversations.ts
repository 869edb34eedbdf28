import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall, type Place } from "./core/result.ts";
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
    const load = async (place: Place) => {
      const args = { ...onlyKeys(filter, "page", "limit"), ...place };
      const operation = { name: "list_conversations", args, kind: "read" } as const;
      return this.#backend.run<ConversationList>(operation, options);
    };
    return listCall(load, (page) => page.conversations);
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
    const args = { participantId };
    return call(() => this.#backend.run({ name: "open_conversation", args, kind: "put" }, options));
  }

  /**
   * Returns one conversation.
   *
   * Requires: participant.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  get(conversationId: string, options?: CallOptions): Call<Conversation> {
    const args = { conversationId };
    return call(() => this.#backend.run({ name: "get_conversation", args, kind: "read" }, options));
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
    return call(() =>
      this.#backend.run({ name: "mark_conversation_read", args, kind: "put" }, options),
    );
  }
}
