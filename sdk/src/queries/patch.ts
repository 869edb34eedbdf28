import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Message, MessageList } from "../types/messages.ts";
import { keyOf } from "./keys.ts";
import { type Item, itemsOf } from "./pages.ts";

/**
 * Changes a thing wherever it is in the cache: by itself, in a list and in lists of pages. `change` returns the thing
 * unchanged if it is not the one that is meant.
 */
export function patchCached<Thing extends Item>(
  cache: QueryClient,
  key: QueryKey,
  change: (thing: Thing) => Thing,
): void {
  cache.setQueriesData({ queryKey: key }, (data: unknown) =>
    patched(data, change as unknown as Change),
  );
}

type Change = (thing: Item) => Item;

/** What stays equal stays the same object, so that nothing is drawn again without need. */
function patched(data: unknown, change: Change): unknown {
  if (Array.isArray(data)) {
    const all = data.map((one) => patched(one, change));
    return all.some((one, place) => one !== data[place]) ? all : data;
  }
  if (typeof data !== "object" || data === null) return data;
  if ("id" in data) return change(data as Item);
  const all = Object.entries(data).map(([name, value]) => [
    name,
    Array.isArray(value) ? patched(value, change) : value,
  ]);
  return all.some(([name, value]) => value !== (data as Record<string, unknown>)[name as string])
    ? Object.fromEntries(all)
    : data;
}

/** Whether it is the same message. The sender's client knows it by the id that it gave it. */
const isSame = (one: Message, other: Message): boolean =>
  one.id === other.id ||
  (one.clientMessageId !== null && one.clientMessageId === other.clientMessageId);

/** Replaces a message in the lists of its conversation, or adds it as the newest one. */
export function putMessage(cache: QueryClient, message: Message): void {
  const { conversationId } = message;
  let found = false;
  patchCached<Message>(cache, keyOf("messages"), (one) => {
    if (!isSame(one, message)) return one;
    found = true;
    return message;
  });
  if (found) return;
  const addTo = (page: MessageList) => ({ ...page, messages: [message, ...page.messages] });
  // Lists with a filter may be older or newer ones, or begin with the oldest message.
  cache.setQueryData<MessageList>(
    keyOf("messages", "list", conversationId),
    (page) => page && addTo(page),
  );
  for (const filter of pageSizes(cache, conversationId)) {
    cache.setQueryData<InfiniteData<MessageList>>(filter, (data) => {
      const [first, ...rest] = data?.pages ?? [];
      return data && first ? { ...data, pages: [addTo(first), ...rest] } : data;
    });
  }
}

/** The keys of the lists of pages that begin with the newest message. */
const pageSizes = (cache: QueryClient, conversationId: string): readonly QueryKey[] =>
  cache
    .getQueriesData({ queryKey: keyOf("messages", "pages", conversationId) })
    .map(([key]) => key)
    .filter(
      ([, , , , filter = {}]) => !("before" in (filter as object) || "after" in (filter as object)),
    );

/** Removes a message that could not be sent. */
export function dropMessage(cache: QueryClient, { id, conversationId }: Message): void {
  const without = (page: MessageList): MessageList =>
    itemsOf(page).some((one) => one.id === id)
      ? { ...page, messages: page.messages.filter((one) => one.id !== id) }
      : page;
  cache.setQueriesData<InfiniteData<MessageList>>(
    { queryKey: keyOf("messages", "pages", conversationId) },
    (data) => data && { ...data, pages: data.pages.map(without) },
  );
  cache.setQueriesData<MessageList>(
    { queryKey: keyOf("messages", "list", conversationId) },
    (page) => page && without(page),
  );
}
