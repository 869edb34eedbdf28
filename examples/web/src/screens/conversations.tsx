import { Button, Group, Text } from "@mantine/core";
import type { Conversation, UserCard } from "@onswift/sdk";
import { useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { Empty, Face } from "../parts/bits.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { formatMoment } from "../parts/words.ts";

/** The list of conversations, and beside it the open one. A phone shows one of the two. */
export function Conversations() {
  const queries = useOnSwiftQueries();
  const { conversationId } = useParams({ strict: false });
  const query = useInfiniteQuery(queries.conversations.pages({ limit: 50 }));
  return (
    <>
      <h1 className="sr">Messages</h1>
      <div className="inbox card" data-open={conversationId !== undefined}>
        <nav className="inbox-list" aria-label="Conversations">
          <Loaded query={query}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="messages" title="No conversations yet">
                  A creator starts one from the profile of a talent.
                </Empty>
              ) : (
                items.map((one) => (
                  <Row key={one.id} conversation={one} isOpen={one.id === conversationId} />
                ))
              )
            }
          </Loaded>
          {query.hasNextPage && (
            <Button
              variant="default"
              size="xs"
              fullWidth
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Earlier conversations
            </Button>
          )}
        </nav>
        <div className="inbox-open">
          <Outlet />
        </div>
      </div>
    </>
  );
}

export const otherOf = (conversation: Conversation, self: string | undefined): UserCard =>
  conversation.creator.id === self ? conversation.talent : conversation.creator;

function Row({
  conversation,
  isOpen,
}: {
  readonly conversation: Conversation;
  readonly isOpen: boolean;
}) {
  const self = useSession()?.user.id;
  const other = otherOf(conversation, self);
  const { lastMessage, unreadCount } = conversation;
  return (
    <Link
      to="/conversations/$conversationId"
      params={{ conversationId: conversation.id }}
      className="nav-link"
      aria-current={isOpen ? "page" : undefined}
    >
      <Face user={other} size={40} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" fw={unreadCount > 0 ? 700 : 550} truncate>
            {other.name}
          </Text>
          {unreadCount > 0 && (
            <span className="state" data-tone="blue">
              {unreadCount}
              <span className="sr"> unread</span>
            </span>
          )}
        </Group>
        <Text size="xs" truncate className="quiet">
          {lastMessage === null
            ? "No message yet"
            : `${lastMessage.senderId === self ? "You: " : ""}${lastMessage.content ?? "Message deleted"}`}
        </Text>
        {lastMessage && (
          <Text size="xs" className="quiet">
            {formatMoment(lastMessage.sentAt)}
          </Text>
        )}
      </div>
    </Link>
  );
}

export function NoConversation() {
  return (
    <Empty icon="messages" title="Choose a conversation">
      Messages arrive here as they are sent.
    </Empty>
  );
}
