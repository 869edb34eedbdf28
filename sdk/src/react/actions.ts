import {
  replaceEqualDeep,
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from "@tanstack/react-query";
import { useRef } from "react";
import type { OnSwift } from "../client.ts";
import type { OnSwiftError } from "../core/errors.ts";
import type { Call } from "../core/result.ts";
import { uuid } from "../core/uuid.ts";
import type { Area } from "../queries/keys.ts";
import { markReadInCache } from "../queries/live.ts";
import { dropMessage, putMessage } from "../queries/patch.ts";
import type { Message } from "../types/messages.ts";
import type { Me } from "../types/users.ts";
import { useShared } from "./provider.ts";

/** The SDK retries by itself, and reports at once that there is no network. */
const bySdk = { retry: false, networkMode: "always" } as const;

/** The options of TanStack Query for a mutation, for {@link useAction} and `useUpload`. */
export type ActionOptions<Input, Output, Before = unknown> = Omit<
  UseMutationOptions<Output, OnSwiftError, Input, Before>,
  "mutationFn"
>;

/**
 * A write. When it has succeeded, what is shown of the areas in `changes` is loaded again, here and in the other tabs of
 * this browser. The `onSuccess` of the options runs before that, so it can leave a screen whose data is gone.
 *
 * While it runs, `mutate` with the same input sends no second request: a double click creates one project. Both calls get
 * the result of the first.
 *
 * @example
 * ```tsx
 * const create = useAction(
 *   (onswift, project: NewProject) => onswift.projects.create(project),
 *   ["projects", "calendar"],
 *   { onSuccess: ({ id }) => navigate(`/projects/${id}`) },
 * );
 * create.mutate({ name, description, dueDate });
 * if (create.error?.code === "VALIDATION_ERROR") show(create.error.details);
 * ```
 */
export function useAction<Output, Input = void, Before = unknown>(
  run: (onswift: OnSwift, input: Input) => Call<Output>,
  changes: readonly Area[],
  options?: ActionOptions<Input, Output, Before>,
): UseMutationResult<Output, OnSwiftError, Input, Before> {
  const { onswift, changed } = useShared();
  const newest = useRef<{ readonly input: Input; readonly result: Promise<Output> }>(undefined);
  return useMutation({
    ...bySdk,
    ...options,
    mutationFn: (input: Input) => {
      // Only the newest: on, off and on again are three changes.
      if (newest.current && isSame(newest.current.input, input)) return newest.current.result;
      const result = run(onswift, input).orThrow();
      const mine = { input, result };
      newest.current = mine;
      const forget = () => {
        if (newest.current === mine) newest.current = undefined;
      };
      void result.then(forget, forget);
      return result;
    },
    onSuccess: async (...result) => {
      await options?.onSuccess?.(...result);
      await changed(...changes);
    },
  });
}

/** Lists and plain objects by what is in them, everything else, such as files, by identity. */
const isSame = (one: unknown, other: unknown): boolean => replaceEqualDeep(one, other) === one;

/** The result of {@link useSendMessage}. */
export type SendMessage = UseMutationResult<Message, OnSwiftError, Message> & {
  /** Shows the message at once and sends it. */
  send(content: string): void;
  /** Sends a message again that failed: `again(mutation.variables)`. It arrives only once. */
  again(message: Message): void;
};

/**
 * Sends messages to a conversation. A message is in the lists of the cache at once (see {@link isPending}) and is replaced
 * by the sent one. If it cannot be sent, it is removed; `error` has the reason and `variables` the message. These are of the
 * newest message only: `onError` of the options gets every one that fails. One that has waited while another user signed in
 * fails with `ABORTED`.
 */
export function useSendMessage(
  conversationId: string,
  options?: ActionOptions<Message, Message>,
): SendMessage {
  const { onswift, cache, changed, queries, session } = useShared();
  const mutation = useMutation({
    ...bySdk,
    ...options,
    // One after the other, so that they arrive in their order.
    scope: { id: `onswift:${conversationId}` },
    mutationFn: async ({ content, clientMessageId, sender }: Message) => {
      const session = await onswift.auth.getSession().orThrow();
      const writer = new AbortController();
      // A message that has waited is not sent as another user, who has signed in meanwhile.
      if (session && sender.id && session.user.id !== sender.id) writer.abort();
      const message = { content: content ?? "", clientMessageId: clientMessageId ?? uuid() };
      const { signal } = writer;
      return onswift.messages.send(conversationId, message, { signal }).orThrow();
    },
    onSuccess: async (...result) => {
      putMessage(cache, result[0]);
      await options?.onSuccess?.(...result);
      await changed("conversations", "messages");
    },
    onError: async (...failure) => {
      dropMessage(cache, failure[1]);
      await options?.onError?.(...failure);
    },
  });
  const again = (message: Message) => {
    putMessage(cache, message);
    mutation.mutate(message);
  };
  const send = (content: string) => {
    const id = uuid();
    const me: Me | undefined = cache.getQueryData(queries.users.me().queryKey);
    const { id: userId = "" } = session?.user ?? {};
    again({
      id,
      conversationId,
      sender: { id: userId, name: me?.name ?? "", avatarUrl: me?.avatarUrl ?? null },
      content: content.trim(),
      sentAt: new Date().toISOString(),
      isEdited: false,
      editedAt: null,
      deletedAt: null,
      clientMessageId: id,
    });
  };
  return Object.assign({}, mutation, { send, again });
}

/** Whether a message is shown but not sent yet. */
export const isPending = ({ id, clientMessageId }: Message): boolean => id === clientMessageId;

/** Marks a conversation as read up to a message; the lists show it at once. `mutate(messageId)`. */
export function useMarkRead(conversationId: string): UseMutationResult<null, OnSwiftError, string> {
  const { onswift, cache, changed } = useShared();
  return useMutation({
    ...bySdk,
    mutationFn: (messageId: string) =>
      onswift.conversations.markRead(conversationId, messageId).orThrow(),
    onMutate: () => markReadInCache(cache, conversationId),
    onSettled: () => changed("conversations", "notifications"),
  });
}
