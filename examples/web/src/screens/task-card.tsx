import { useDraggable } from "@dnd-kit/core";
import { ActionIcon, Anchor, Group, Menu, Text } from "@mantine/core";
import { useMergedRef } from "@mantine/hooks";
import type { Status, Task } from "@onswift/sdk";
import { Link } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { Face } from "../parts/bits.tsx";
import { Icon } from "../parts/icons.tsx";
import { dayFromToday, formatDay, statuses, statusWords } from "../parts/words.ts";

/** The task that was moved last, and with what. */
export interface Moved {
  readonly taskId: string;
  readonly control: "menu" | "grip";
}

export function TaskCard({
  task,
  canMove,
  onMove,
  moved,
}: {
  readonly task: Task;
  readonly canMove: boolean;
  readonly onMove: (status: Status) => void;
  readonly moved: RefObject<Moved | undefined>;
}) {
  const card = useRef<HTMLElement>(null);
  // In its new column, a card is a new element. The focus goes with it.
  useEffect(() => {
    if (moved.current?.taskId !== task.id) return;
    card.current?.querySelector<HTMLElement>(`[data-control="${moved.current.control}"]`)?.focus();
    moved.current = undefined;
  }, [moved, task.id]);
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({
    id: task.id,
    data: { task },
    disabled: !canMove,
  });
  const controls = canMove && (
    <Group gap={2} wrap="nowrap">
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move ${task.name}`}
            data-control="menu"
          >
            <Icon name="more" size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {statuses
            .filter((status) => status !== task.status)
            .map((status) => (
              <Menu.Item key={status} onClick={() => onMove(status)}>
                Move to “{statusWords[status].label}”
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        ref={setActivatorNodeRef}
        variant="subtle"
        color="gray"
        className="grip"
        data-control="grip"
        {...attributes}
        {...listeners}
        aria-label={`Drag ${task.name}`}
      >
        <Icon name="grip" size={16} />
      </ActionIcon>
    </Group>
  );
  return (
    <article ref={useMergedRef(card, setNodeRef)} className="task" data-dragging={isDragging}>
      <TaskFace task={task} controls={controls} />
    </article>
  );
}

/** What a card shows, in its column and under the pointer. */
export function TaskFace({
  task,
  controls,
}: {
  readonly task: Task;
  readonly controls?: ReactNode;
}) {
  const isLate = task.status !== "completed" && task.dueDate < dayFromToday(0);
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap={4}>
        <Anchor
          component={Link}
          to={`/projects/${task.projectId}/tasks/${task.id}`}
          c="inherit"
          fw={600}
          size="sm"
          style={{ minWidth: 0 }}
        >
          {task.name}
        </Anchor>
        {controls}
      </Group>
      <Group justify="space-between" mt={8} gap="xs" wrap="nowrap">
        <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
          {task.assignee && <Face user={task.assignee} size={22} />}
          <Text size="xs" c="dimmed" truncate>
            {task.assignee?.name ?? "Not assigned"}
          </Text>
        </Group>
        <Text
          size="xs"
          c={isLate ? "var(--mantine-color-error)" : "dimmed"}
          style={{ whiteSpace: "nowrap" }}
        >
          {isLate && "Overdue · "}
          {formatDay(task.dueDate)}
        </Text>
      </Group>
    </>
  );
}
