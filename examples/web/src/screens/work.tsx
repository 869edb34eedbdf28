import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import type { Status, Task } from "@onswift/sdk";
import { useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Empty, Heading, State } from "../parts/bits.tsx";
import { Icon } from "../parts/icons.tsx";
import { LazyDialog, lazyPart } from "../parts/lazy-part.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { dayFromToday, deliverableWords, formatDay, statusWords } from "../parts/words.ts";

const submitWork = lazyPart(async () => (await import("./submit-work.tsx")).SubmitWork);

/** What a talent has to do: revisions first, then tasks by due date. */
export function Work() {
  const queries = useOnSwiftQueries();
  const self = useSession()?.user.id;
  const [status, setStatus] = useState<Status | "open">("open");
  const [submitting, setSubmitting] = useState<Task>();
  const tasks = useQuery({
    ...queries.tasks.list({
      assigneeId: self,
      limit: 100,
      sort: "dueDate",
      ...(status === "open" ? {} : { status }),
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Heading title="My work" note="Your tasks in all projects, the next due date first." />
      <Revisions />
      <SegmentedControl
        mb="md"
        aria-label="Which tasks"
        value={status}
        onChange={(value) => setStatus(value as Status | "open")}
        data={[
          { value: "open", label: "Open" },
          { value: "in-progress", label: statusWords["in-progress"].label },
          { value: "completed", label: statusWords.completed.label },
        ]}
      />
      <Loaded query={tasks}>
        {(list) => {
          const shown = list.tasks.filter(
            (task) => status !== "open" || task.status !== "completed",
          );
          if (shown.length === 0)
            return (
              <Empty icon="work" title="Nothing to do here">
                Tasks appear when a creator assigns them to you.
              </Empty>
            );
          return (
            <Stack gap="sm">
              {shown.map((task) => (
                <Row key={task.id} task={task} onSubmit={() => setSubmitting(task)} />
              ))}
            </Stack>
          );
        }}
      </Loaded>
      {submitting && (
        <LazyDialog
          part={submitWork}
          props={{
            opened: true,
            onClose: () => setSubmitting(undefined),
            projectId: submitting.projectId,
            taskId: submitting.id,
          }}
        />
      )}
    </>
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
    </Stack>
  );
}
