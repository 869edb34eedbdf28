import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  rectIntersection,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project, Status, Task } from "@onswift/sdk";
import { useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useRef, useState } from "react";
import { useAllPages } from "../parts/all-pages.ts";
import { ErrorNote } from "../parts/errors.tsx";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { statuses, statusWords } from "../parts/words.ts";
import { columnByColumn } from "./board-keys.ts";
import { useMoveTask } from "./move-task.ts";
import { type Moved, TaskCard, TaskFace } from "./task-card.tsx";
import { TaskForm } from "./task-form.tsx";

/** The tasks of a project by status. A card moves by mouse, by touch, by keyboard or with its menu. */
export function Board({
  project,
  isOwner,
}: {
  readonly project: Project;
  readonly isOwner: boolean;
}) {
  const queries = useOnSwiftQueries();
  const query = useAllPages(queries.tasks.pages(project.id, { limit: 100, sort: "dueDate" }));
  const self = useSession()?.user.id;
  const { move, error } = useMoveTask();
  const moved = useRef<Moved>(undefined);
  const moveTo = (task: Task, status: Status, control: Moved["control"]) => {
    moved.current = { taskId: task.id, control };
    move.mutate({ task, status });
  };
  const [lifted, setLifted] = useState<Task>();
  const [isCreating, creation] = useDisclosure();
  const sensors = useSensors(
    // Some pixels of movement first, so that a click on a card stays a click.
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: columnByColumn }),
  );
  const drop = ({ active, over }: DragEndEvent) => {
    setLifted(undefined);
    const task = active.data.current?.task as Task | undefined;
    if (task && over && over.id !== task.status) moveTo(task, over.id as Status, "grip");
  };
  return (
    <>
      <Group justify="space-between" mb="md" mih={36}>
        <Text size="sm" c="dimmed">
          Drag a task by its handle, or use its menu.
        </Text>
        {isOwner && (
          <Button
            size="sm"
            variant="light"
            leftSection={<Icon name="plus" size={16} />}
            onClick={creation.open}
          >
            New task
          </Button>
        )}
      </Group>
      <ErrorNote error={error} />
      <Loaded query={query} skeleton={<Rows count={1} height={300} />}>
        {({ items: tasks }) => (
          <DndContext
            sensors={sensors}
            collisionDetection={rectIntersection}
            onDragStart={({ active }) => setLifted(active.data.current?.task as Task)}
            onDragCancel={() => setLifted(undefined)}
            onDragEnd={drop}
          >
            <div className="board">
              {statuses.map((status) => (
                <Column
                  key={status}
                  status={status}
                  tasks={tasks.filter((one) => one.status === status)}
                >
                  {(task) => (
                    <TaskCard
                      key={task.id}
                      task={task}
                      canMove={isOwner || task.assignee?.id === self}
                      onMove={(to) => moveTo(task, to, "menu")}
                      moved={moved}
                    />
                  )}
                </Column>
              ))}
            </div>
            <DragOverlay dropAnimation={null}>
              {lifted && (
                <div className="task" data-lifted="true">
                  <TaskFace task={lifted} />
                </div>
              )}
            </DragOverlay>
          </DndContext>
        )}
      </Loaded>
      {isOwner && <TaskForm project={project} opened={isCreating} onClose={creation.close} />}
    </>
  );
}

function Column({
  status,
  tasks,
  children,
}: {
  readonly status: Status;
  readonly tasks: readonly Task[];
  readonly children: (task: Task) => React.ReactNode;
}) {
  const { setNodeRef, isOver } = useDroppable({ id: status });
  const { label } = statusWords[status];
  return (
    <section ref={setNodeRef} className="column" data-over={isOver} aria-label={label}>
      <Group justify="space-between" mb="xs" px={4}>
        <Text component="h2" fw={650} size="sm">
          {label}
        </Text>
        <Text size="sm" c="dimmed">
          {tasks.length}
        </Text>
      </Group>
      <div className="tasks">
        {tasks.map(children)}
        {tasks.length === 0 && (
          <Text size="sm" c="dimmed" ta="center" py="lg">
            No tasks
          </Text>
        )}
      </div>
    </section>
  );
}
