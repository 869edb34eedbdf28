import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import type { Conversation as ConversationData, Message } from "@onswift/sdk";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { onswift, useSession } from "../app/onswift.ts";
import { markReadHere } from "../data/live.ts";
import * as queries from "../data/queries.ts";
import { useAction } from "../data/use-action.ts";
import { useRoom } from "../data/use-room.ts";
import { Face } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatMoment } from "../parts/words.ts";
import { Compose } from "./compose.tsx";
import { otherOf } from "./conversations.tsx";

const route = getRouteApi("/signed-in/conversations/$conversationId");

export function Conversation() {
  const { conversationId } = route.useParams();
  const query = useQuery(queries.conversation(conversationId));
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
  const room = useRoom(conversation.id, other.id);
  const block = useAction(
    () => onswift.users.block(other.id).orThrow(),
    ["blocks", "conversation"],
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
              {room.isTyping ? "is typing …" : presenceWords[room.presence]}
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
            <Menu.Item onClick={() => block.mutate()}>Block {other.name}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ErrorNote error={block.error} />
      <Messages conversation={conversation} otherId={other.id} isTyping={room.isTyping} />
      <Compose conversationId={conversation.id} onType={room.type} />
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
  const self = useSession()?.user.id;
  const query = useInfiniteQuery(queries.messages(conversation.id));
  const { data: seenId } = useQuery(queries.seen(conversation.id, otherId));
  const end = useRef<HTMLDivElement>(null);
  const newestFirst = query.data?.pages.flatMap((page) => page.messages) ?? [];
  const newest = newestFirst[0];
  const newestReceived = newestFirst.find(({ sender }) => sender.id === otherId);
  useMarkRead(conversation, newestReceived);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message scrolls the list to its end
  useEffect(() => {
    // Newer browsers return a promise here, which is no clean-up of an effect.
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [newest?.id, isTyping]);
  const seenAt = newestFirst.findIndex(({ id }) => id === seenId);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll the messages
    <section className="chat" aria-label="Messages" tabIndex={0}>
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
              .map((message, index) => (
                <Bubble
                  key={message.clientMessageId ?? message.id}
                  message={message}
                  isMine={message.sender.id === self}
                  isSeen={index === seenAt && message.sender.id === self}
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
    </section>
  );
}

function Bubble({
  message,
  isMine,
  isSeen,
}: {
  readonly message: Message;
  readonly isMine: boolean;
  readonly isSeen: boolean;
}) {
  const isPending = message.id === "";
  return (
    <>
      <div className="bubble" data-mine={isMine} data-pending={isPending}>
        {message.content ?? <em>Message deleted</em>}
      </div>
      <Text
        size="xs"
        c="dimmed"
        style={{ alignSelf: isMine ? "flex-end" : "flex-start" }}
        px={6}
        mb={4}
      >
        {isPending ? "Sending …" : formatMoment(message.sentAt)}
        {message.isEdited && " · edited"}
        {isSeen && " · Seen"}
      </Text>
    </>
  );
}

/** A message counts as read when its conversation is open and the page is visible. */
function useMarkRead(conversation: ConversationData, newest: Message | undefined): void {
  const id = newest?.id;
  useEffect(() => {
    if (id === undefined || id === "") return;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      markReadHere(conversation.id);
      void onswift.conversations.markRead(conversation.id, id);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [conversation.id, id]);
}
