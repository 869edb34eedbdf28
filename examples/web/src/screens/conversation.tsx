import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import type { Conversation as ConversationData, Message as MessageData } from "@onswift/sdk";
import {
  useAction,
  useMarkRead,
  useOnSwiftQueries,
  usePresence,
  useSession,
  useTyping,
} from "@onswift/sdk/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Face } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Compose } from "./compose.tsx";
import { otherOf } from "./conversations.tsx";
import { Message } from "./message.tsx";

const route = getRouteApi("/signed-in/conversations/$conversationId");

export function Conversation() {
  const queries = useOnSwiftQueries();
  const { conversationId } = route.useParams();
  const query = useQuery(queries.conversations.get(conversationId));
  return (
    <Loaded query={query} whole>
      {(conversation) => <Content key={conversation.id} conversation={conversation} />}
    </Loaded>
  );
}

const presenceWords = { online: "Online", away: "Away", offline: "Offline" } as const;

function Content({ conversation }: { readonly conversation: ConversationData }) {
  const self = useSession()?.user.id;
  const other = otherOf(conversation, self);
  const presence = usePresence(conversation.id)[0]?.status ?? "offline";
  const { isTyping, typing } = useTyping(conversation.id);
  const queries = useOnSwiftQueries();
  const blocks = useQuery(queries.users.blocks());
  const isBlocked = blocks.data?.users.some(({ id }) => id === other.id) ?? false;
  const block = useAction(
    (onswift, now: boolean) =>
      now ? onswift.users.block(other.id) : onswift.users.unblock(other.id),
    ["users", "conversations"],
  );
  return (
    <>
      <Group className="chat-head" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap">
          <Link to="/conversations" className="chat-back" aria-label="All conversations">
            ←
          </Link>
          <Face user={other} size={38} />
          <div>
            <Text component="h2" fw={650} size="sm">
              {other.name}
            </Text>
            <Text size="xs" c="dimmed" role="status">
              {isTyping ? "is typing …" : presenceWords[presence]}
            </Text>
          </div>
        </Group>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label="More about this conversation">
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => block.mutate(!isBlocked)}>
              {isBlocked ? "Unblock" : "Block"} {other.name}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ErrorNote error={block.error} />
      <Messages conversation={conversation} otherId={other.id} isTyping={isTyping} />
      {isBlocked ? (
        <Group className="compose" justify="space-between" role="status">
          <Text size="sm">You have blocked {other.name}. Neither of you can write.</Text>
          <Button
            size="xs"
            variant="default"
            loading={block.isPending}
            onClick={() => block.mutate(false)}
          >
            Unblock
          </Button>
        </Group>
      ) : (
        <Compose conversationId={conversation.id} onType={typing} />
      )}
    </>
  );
}

function Messages({
  conversation,
  otherId,
  isTyping,
}: {
  readonly conversation: ConversationData;
  readonly otherId: string;
  readonly isTyping: boolean;
}) {
  const queries = useOnSwiftQueries();
  const self = useSession()?.user.id;
  const query = useInfiniteQuery(queries.messages.pages(conversation.id, { limit: 50 }));
  const end = useRef<HTMLDivElement>(null);
  const newestFirst = query.data?.items ?? [];
  const newest = newestFirst[0];
  const newestReceived = newestFirst.find(({ sender }) => sender.id === otherId);
  const [isAtEnd, setAtEnd] = useState(true);
  const list = useRef<HTMLElement>(null);
  const fromEnd = useRef(0);
  // Earlier messages come above what is being read, which stays in its place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only then
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight - fromEnd.current;
  }, [newestFirst.at(-1)?.id]);
  useMarkAsRead(conversation.id, isAtEnd ? newestReceived?.id : undefined);
  // Newer browsers return a promise here, which is no clean-up of an effect.
  const scrollToEnd = () => void end.current?.scrollIntoView({ block: "nearest" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message scrolls the list, but not from under a reader of earlier ones
  useEffect(() => {
    if (isAtEnd || newest?.sender.id === self) scrollToEnd();
  }, [newest?.id, isTyping]);
  const seen = lastSeen(newestFirst, conversation, self);
  return (
    <section
      className="chat"
      aria-label="Messages"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll the messages
      tabIndex={0}
      ref={list}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        fromEnd.current = scrollHeight - scrollTop;
        setAtEnd(fromEnd.current - clientHeight < 80);
      }}
    >
      <Loaded query={query} skeleton={<Rows count={4} height={40} />}>
        {() => (
          <>
            {query.hasNextPage && (
              <Button
                size="xs"
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
                style={{ alignSelf: "center" }}
              >
                Earlier messages
              </Button>
            )}
            {newestFirst
              .map((message) => (
                <Message
                  key={message.clientMessageId ?? message.id}
                  message={message}
                  isMine={message.sender.id === self}
                  isSeen={message === seen}
                />
              ))
              .reverse()}
            {isTyping && (
              <div className="bubble" aria-hidden="true">
                …
              </div>
            )}
          </>
        )}
      </Loaded>
      <div ref={end} />
      {!isAtEnd && conversation.unreadCount > 0 && (
        <Button size="xs" className="chat-new" onClick={scrollToEnd}>
          New messages
        </Button>
      )}
    </section>
  );
}

/** The last own message that the other participant has read. It may be older than what they have read last. */
function lastSeen(
  newestFirst: readonly MessageData[],
  { lastRead }: ConversationData,
  self: string | undefined,
): MessageData | undefined {
  const readAt = newestFirst.findIndex(({ id }) => id === lastRead?.messageId);
  if (readAt === -1) return undefined;
  return newestFirst.slice(readAt).find(({ sender }) => sender.id === self);
}

/** A message counts as read when its conversation is open and the page is visible. */
function useMarkAsRead(conversationId: string, newestId: string | undefined): void {
  const { mutate } = useMarkRead(conversationId);
  useEffect(() => {
    if (newestId === undefined) return;
    const mark = () => {
      if (document.visibilityState === "visible") mutate(newestId);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [newestId, mutate]);
}
