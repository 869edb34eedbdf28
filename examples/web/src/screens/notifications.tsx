import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import type { Notification } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Empty, Heading } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { formatMoment } from "../parts/words.ts";

const route = getRouteApi("/signed-in/notifications");

export function Notifications() {
  const queries = useOnSwiftQueries();
  const { unread, page = 1 } = route.useSearch();
  const navigate = useNavigate();
  const filter = { page, limit: 20, ...(unread ? { isRead: false } : {}) };
  const query = useQuery({
    ...queries.notifications.list(filter),
    placeholderData: keepPreviousData,
  });
  const readAll = useAction((onswift) => onswift.notifications.markAllRead(), ["notifications"]);
  return (
    <>
      <Heading
        title="Notifications"
        note={query.isLoadingError ? "Not loaded" : `${query.data?.unreadCount ?? "…"} unread`}
      >
        <Button
          variant="default"
          disabled={!query.data?.unreadCount}
          loading={readAll.isPending}
          onClick={() => readAll.mutate()}
        >
          Mark all as read
        </Button>
      </Heading>
      <SegmentedControl
        mb="lg"
        aria-label="Which notifications"
        value={unread ? "unread" : "all"}
        onChange={(value) =>
          navigate({
            to: "/notifications",
            search: { unread: value === "unread" ? true : undefined },
          })
        }
        data={[
          { value: "all", label: "All" },
          { value: "unread", label: "Unread" },
        ]}
      />
      <ErrorNote error={readAll.error} />
      <Loaded query={query}>
        {({ notifications, pagination }) =>
          pagination.total === 0 ? (
            <Empty icon="bell" title="No notifications">
              Assignments, submitted work, feedback and reviews appear here.
            </Empty>
          ) : (
            <Stack gap="xs">
              {notifications.map((one) => (
                <Row key={one.id} notification={one} />
              ))}
              <Pages
                pagination={pagination}
                onPage={(to, replace) =>
                  navigate({ to: "/notifications", search: { unread, page: to }, replace })
                }
              />
            </Stack>
          )
        }
      </Loaded>
    </>
  );
}

function Row({ notification }: { readonly notification: Notification }) {
  const navigate = useNavigate();
  const read = useAction(
    (onswift) => onswift.notifications.markRead(notification.id),
    ["notifications"],
  );
  const open = () => {
    if (!notification.isRead) read.mutate();
    const target = targetOf(notification);
    if (target !== undefined) void navigate({ href: target });
  };
  return (
    <button type="button" className="card note" data-unread={!notification.isRead} onClick={open}>
      <Icon name={iconOf(notification)} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={notification.isRead ? 500 : 700}>
          {notification.title}
          {!notification.isRead && <span className="sr"> (unread)</span>}
        </Text>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {notification.message}
        </Text>
      </div>
      <Group>
        <Text size="xs" c="dimmed">
          {formatMoment(notification.createdAt)}
        </Text>
      </Group>
    </button>
  );
}

/** The page that a notification is about: the same addresses as in mails. */
function targetOf({ entityType, entityId, metadata }: Notification): string | undefined {
  const { projectId, taskId, conversationId } = metadata;
  if (entityType === "deliverable" && entityId) return `/deliverables/${entityId}`;
  if (conversationId) return `/conversations/${conversationId}`;
  if (entityType === "review" && entityId) return `/reviews/${entityId}`;
  if (projectId && taskId) return `/projects/${projectId}/tasks/${taskId}`;
  return projectId ? `/projects/${projectId}` : undefined;
}

function iconOf({ type }: Notification): IconName {
  if (type === "message_received" || type === "mentioned") return "messages";
  if (type.startsWith("deliverable") || type === "revision_requested") return "deliverables";
  if (type === "deadline_approaching") return "calendar";
  if (type === "review_received" || type === "team_added") return "person";
  if (type === "file_rejected") return "file";
  return "work";
}
