import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { byLastItem, type ListCall } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import { uuid } from "./core/uuid.ts";
import type { Message, MessageFilter, MessageList, NewMessage } from "./types/messages.ts";

/** Messages of a conversation. */
export class Messages {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists messages, newest first. With `after`, lists the messages that follow that one, oldest first: use it
   * to load what a client missed. Iterating continues to the last message in that direction.
   *
   * Requires: participant.
   * Errors: `VALIDATION_ERROR` (also for `before` or `after` of another conversation, or both together),
   * `NOT_FOUND`, `FORBIDDEN`.
   * @example
   * ```ts
   * const { messages, hasMore } = await onswift.messages.list(conversationId).orThrow();
   * // After a gap: every message since the newest one this client has.
   * for await (const message of onswift.messages.list(conversationId, { after: newest.id })) show(message);
   * ```
   */
  list(
    conversationId: string,
    filter: MessageFilter = {},
    options?: CallOptions,
  ): ListCall<MessageList, Message> {
    const args = () => ({ conversationId, ...onlyKeys(filter, "before", "after", "limit") });
    const paging = byLastItem(items, filter?.after === undefined ? "before" : "after");
    return this.#backend.list("list_messages", args, paging, options);
  }

  /**
   * Sends a message. Temporary failures are retried: the backend recognizes a repeated message by its
   * `clientMessageId`. `RATE_LIMITED` is returned at once, so that a later message cannot arrive first. A user
   * can send at most 10 messages per minute.
   *
   * Requires: participant.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `BLOCKED`, `CONVERSATION_CLOSED` (the other account
   * was deleted), `RATE_LIMITED`, `CONFLICT` (`clientMessageId` or idempotency key used for another message).
   * @example
   * ```ts
   * const { data, error } = await onswift.messages.send(conversationId, { content: "Hello" });
   * if (error?.code === "BLOCKED") showBlocked();
   * ```
   */
  send(conversationId: string, message: NewMessage, options?: CallOptions): Call<Message> {
    // Chosen once, so that a retry repeats it.
    const id = uuid();
    const args = () => {
      const { content, clientMessageId = id } = onlyKeys(message, "content", "clientMessageId");
      return { conversationId, content, clientMessageId };
    };
    return this.#backend.call("put", "send_message", args, options);
  }

  /**
   * Edits a message, within 15 minutes after it was sent. `content`: 1 to 5,000 characters.
   *
   * Requires: sender.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND` (also for a deleted message), `FORBIDDEN`, `BLOCKED`,
   * `CONVERSATION_CLOSED` (the other account was deleted), `EDIT_WINDOW_OVER`.
   */
  edit(
    conversationId: string,
    messageId: string,
    content: string,
    options?: CallOptions,
  ): Call<Message> {
    const args = { conversationId, messageId, content };
    return this.#backend.call("put", "edit_message", args, options);
  }

  /**
   * Deletes a message for both participants. It stays in the list with `content: null`.
   *
   * Requires: sender.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND` (also for a deleted message), `FORBIDDEN`.
   */
  delete(conversationId: string, messageId: string, options?: CallOptions): Call<null> {
    const args = { conversationId, messageId };
    return this.#backend.call("write", "delete_message", args, options);
  }
}

const items = (page: MessageList) => page.messages;
