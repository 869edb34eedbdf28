import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type {
  Conversation,
  ConversationFilter,
  ConversationList,
  OpenedConversation,
} from "./types/conversations.ts";

/** Conversations: any creator with any talent, one for the two. */
export class Conversations {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The signed-in user's conversations, the one with the latest message first. */
  list(
    filter: ConversationFilter = {},
    options?: CallOptions,
  ): ListCall<ConversationList, Conversation> {
    const load = async (page = filter.page) => {
      const args = { ...pick(filter, "page", "limit"), page };
      const operation = { name: "list_conversations", args, kind: "read" } as const;
      return this.#backend.run<ConversationList>(operation, options);
    };
    return listCall(load, (page) => page.conversations);
  }

  /**
   * The conversation with somebody, begun if there is none yet. Two who do so at once get the same one.
   *
   * Errors: `NOT_FOUND`, `SAME_USER_TYPE` between two creators or two talents, `BLOCKED`,
   * `VALIDATION_ERROR` with oneself, `RATE_LIMITED` for a talent's sixth first contact of a day.
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
   * One conversation. Its two participants.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  get(conversationId: string, options?: CallOptions): Call<Conversation> {
    const args = { conversationId };
    return call(() => this.#backend.run({ name: "get_conversation", args, kind: "read" }, options));
  }

  /**
   * Marks everything up to this message as read. It never goes back: marking an older one changes nothing.
   * The other side hears of it as `conversation:read`.
   *
   * Errors: `FORBIDDEN`, `VALIDATION_ERROR` for a message of another conversation.
   */
  markRead(conversationId: string, messageId: string, options?: CallOptions): Call<null> {
    const args = { conversationId, messageId };
    return call(() =>
      this.#backend.run({ name: "mark_conversation_read", args, kind: "put" }, options),
    );
  }
}
