import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Status, Task } from "@onswift/sdk";
import { useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { WorkView } from "../app/router.tsx";
import { useAllPages } from "../parts/all-pages.ts";
import { Empty, Heading, State } from "../parts/bits.tsx";
import { Icon } from "../parts/icons.tsx";
import { LazyDialog, lazyPart } from "../parts/lazy-part.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { dayFromToday, deliverableWords, formatDay, statusWords } from "../parts/words.ts";

const submitWork = lazyPart(async () => (await import("./submit-work.tsx")).SubmitWork);

const route = getRouteApi("/signed-in/work");

/** What a talent has to do: revisions first, then tasks by due date. */
export function Work() {
  const { view } = route.useSearch();
  const navigate = useNavigate();
  const [submitting, setSubmitting] = useState<Task>();
  const [isOpen, { open, close }] = useDisclosure();
  const submit = (task: Task) => {
    setSubmitting(task);
    open();
  };
  const Tasks = view === "completed" ? CompletedTasks : OpenTasks;
  return (
    <>
      <Heading title="My work" note="Your tasks in all projects, the next due date first." />
      <Revisions />
      <SegmentedControl
        mb="md"
        aria-label="Which tasks"
        value={view ?? "open"}
        onChange={(value) =>
          navigate({
            to: "/work",
            search: { view: value === "open" ? undefined : (value as WorkView) },
          })
        }
        data={[
          { value: "open", label: "Open" },
          { value: "in-progress", label: statusWords["in-progress"].label },
          { value: "completed", label: statusWords.completed.label },
        ]}
      />
      <Tasks isPlanned={view === undefined} onSubmit={submit} />
      {submitting && (
        <LazyDialog
          part={submitWork}
          props={{
            opened: isOpen,
            onClose: close,
            projectId: submitting.projectId,
            taskId: submitting.id,
          }}
        />
      )}
    </>
  );
}

interface TasksProps {
  /** Whether tasks that have not begun are shown too. */
  readonly isPlanned: boolean;
  readonly onSubmit: (task: Task) => void;
}

function OpenTasks({ isPlanned, onSubmit }: TasksProps) {
  const planned = useAllPages({ ...useTasks("planning", "dueDate"), enabled: isPlanned });
  const begun = useAllPages(useTasks("in-progress", "dueDate"));
  return (
    <Loaded query={begun}>
      {({ items }) => {
        const show = (others: readonly Task[]) => (
          <TaskRows tasks={[...items, ...others].sort(byDueDate)} onSubmit={onSubmit} />
        );
        return isPlanned ? <Loaded query={planned}>{(data) => show(data.items)}</Loaded> : show([]);
      }}
    </Loaded>
  );
}

/** The latest first, page by page: there can be very many. */
function CompletedTasks({ onSubmit }: TasksProps) {
  const query = useInfiniteQuery(useTasks("completed", "-dueDate"));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack gap="sm">
          <TaskRows tasks={items} onSubmit={onSubmit} />
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Earlier tasks
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

/** The caller's tasks with a status, in all projects. */
function useTasks(status: Status, sort: "dueDate" | "-dueDate") {
  const queries = useOnSwiftQueries();
  const assigneeId = useSession()?.user.id;
  return queries.tasks.pages({ assigneeId, status, sort, limit: 100 });
}

const byDueDate = (one: Task, other: Task) => one.dueDate.localeCompare(other.dueDate);

function TaskRows({
  tasks,
  onSubmit,
}: {
  readonly tasks: readonly Task[];
  readonly onSubmit: (task: Task) => void;
}) {
  if (tasks.length === 0) {
    return (
      <Empty icon="work" title="Nothing to do here">
        Tasks appear when a creator assigns them to you.
      </Empty>
    );
  }
  return (
    <Stack gap="sm">
      {tasks.map((task) => (
        <Row key={task.id} task={task} onSubmit={() => onSubmit(task)} />
      ))}
    </Stack>
  );
}

function Row({ task, onSubmit }: { readonly task: Task; readonly onSubmit: () => void }) {
  const isLate = task.status !== "completed" && task.dueDate < dayFromToday(0);
  return (
    <Group className="card" p="sm" justify="space-between" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Link
          to="/projects/$projectId/tasks/$taskId"
          params={{ projectId: task.projectId, taskId: task.id }}
          style={{ color: "inherit", fontWeight: 600 }}
        >
          {task.name}
        </Link>
        <Text size="xs" c={isLate ? "var(--mantine-color-error)" : "dimmed"}>
          {task.projectName} · {isLate ? "overdue since" : "due"} {formatDay(task.dueDate)}
        </Text>
      </div>
      <Group gap="sm">
        <State {...statusWords[task.status]} />
        {task.status !== "completed" && (
          <Button
            size="xs"
            variant="light"
            leftSection={<Icon name="deliverables" size={14} />}
            onClick={onSubmit}
          >
            Submit<span className="sr"> {task.name}</span>
          </Button>
        )}
      </Group>
    </Group>
  );
}

function Revisions() {
  const queries = useOnSwiftQueries();
  const { data } = useQuery({
    ...queries.deliverables.list({ status: "revision", limit: 20 }),
    placeholderData: keepPreviousData,
  });
  if (!data?.deliverables.length) return null;
  const { total } = data.pagination;
  return (
    <Stack gap="sm" mb="lg">
      {data.deliverables.map((one) => (
        <Link
          key={one.id}
          to="/deliverables/$deliverableId"
          params={{ deliverableId: one.id }}
          className="card"
        >
          <Group p="sm" justify="space-between">
            <div>
              <Text size="sm" fw={600}>
                {one.title}
              </Text>
              <Text size="xs" c="dimmed" lineClamp={1}>
                {one.feedback}
              </Text>
            </div>
            <State {...deliverableWords.revision} />
          </Group>
        </Link>
      ))}
      {total > data.deliverables.length && (
        <Link to="/deliverables" search={{ status: "revision" }}>
          All {total} requested revisions
        </Link>
      )}
    </Stack>
  );
}
