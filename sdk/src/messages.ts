import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { keysetCall } from "./core/keyset.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall } from "./core/result.ts";
import { uuid } from "./core/uuid.ts";
import type { Message, MessageFilter, MessageList, NewMessage } from "./types/messages.ts";

/** The messages of a conversation. Its two participants. */
export class Messages {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Messages, newest first and from there back; with `after`, oldest first and from there on, which is how
   * a client catches up. Iterated, it goes on to the end of that direction.
   *
   * Errors: `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_ERROR` for a `before` or `after` of another conversation.
   * @example
   * ```ts
   * const { messages, hasMore } = await onswift.messages.list(conversationId).orThrow();
   * // After a gap: everything since the last message this client has.
   * for await (const message of onswift.messages.list(conversationId, { after: newest.id })) show(message);
   * ```
   */
  list(
    conversationId: string,
    filter: MessageFilter = {},
    options?: CallOptions,
  ): ListCall<MessageList, Message> {
    const load = async (behind?: string) => {
      const args = { conversationId, ...pick(filter, "before", "after", "limit") };
      if (behind !== undefined) args[filter.after === undefined ? "before" : "after"] = behind;
      const operation = { name: "list_messages", args, kind: "read" } as const;
      return this.#backend.run<MessageList>(operation, options);
    };
    return keysetCall(load, (page) => page.messages);
  }

  /**
   * Says something. It is retried like a read, since a message that arrived is recognised by its
   * `clientMessageId`; only a refusal for going too fast is handed on at once, so that what was written
   * later does not overtake it.
   *
   * Errors: `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_ERROR`, `BLOCKED`, `CONVERSATION_CLOSED` when the other account is gone,
   * `RATE_LIMITED` after 10 messages within a minute.
   */
  send(conversationId: string, message: NewMessage, options?: CallOptions): Call<Message> {
    return call(async () => {
      const { content, clientMessageId = uuid() } = pick(message, "content", "clientMessageId");
      return this.#write(
        "send_message",
        "put",
        { conversationId, content, clientMessageId },
        options,
      );
    });
  }

  /**
   * Changes what one's own message says, within 15 minutes of sending it.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`, `EDIT_WINDOW_OVER`.
   */
  edit(
    conversationId: string,
    messageId: string,
    content: string,
    options?: CallOptions,
  ): Call<Message> {
    const args = { conversationId, messageId, content };
    return call(() => this.#write("update_message", "put", args, options));
  }

  /**
   * Deletes one's own message for both. Its place stays, without content.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(conversationId: string, messageId: string, options?: CallOptions): Call<null> {
    const args = { conversationId, messageId };
    return call(() => this.#write("delete_message", "write", args, options));
  }

  #write<T>(name: string, kind: "put" | "write", args: object, options?: CallOptions): Promise<T> {
    return this.#backend.run({ name, args, kind }, options);
  }
}
