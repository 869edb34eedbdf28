import { Anchor, Breadcrumbs, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project, Task } from "@onswift/sdk";
import { useAction, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Heading, Person, State } from "../parts/bits.tsx";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatDay, statuses, statusWords } from "../parts/words.ts";
import { DeliverableRows } from "./deliverable-rows.tsx";
import { useMoveTask } from "./move-task.ts";
import { SubmitWork } from "./submit-work.tsx";
import { TaskForm } from "./task-form.tsx";

const route = getRouteApi("/signed-in/projects/$projectId/tasks/$taskId");

export function TaskPage() {
  const queries = useOnSwiftQueries();
  const { projectId, taskId } = route.useParams();
  const project = useQuery(queries.projects.get(projectId));
  const task = useQuery(queries.tasks.get(projectId, taskId));
  return (
    <Loaded query={task} whole skeleton={<Rows />}>
      {(found) => (
        <Loaded query={project} whole skeleton={<Rows />}>
          {(parent) => <Content task={found} project={parent} />}
        </Loaded>
      )}
    </Loaded>
  );
}

function Content({ task, project }: { readonly task: Task; readonly project: Project }) {
  const self = useSession()?.user.id;
  const { page } = route.useSearch();
  const navigate = useNavigate();
  const isOwner = self === project.creatorId;
  const isAssignee = self === task.assignee?.id;
  const { move, error } = useMoveTask();
  const [isSubmitting, submitting] = useDisclosure();
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor component={Link} to="/projects" size="sm">
          Projects
        </Anchor>
        <Anchor component={Link} to={`/projects/${project.id}`} size="sm">
          {project.name}
        </Anchor>
      </Breadcrumbs>
      <Heading
        title={task.name}
        note={
          <Group gap="xs">
            <State {...statusWords[task.status]} /> Due {formatDay(task.dueDate)}
            {task.recurrence !== null && " · repeats"}
          </Group>
        }
      >
        {isAssignee && (
          <Button leftSection={<Icon name="deliverables" size={16} />} onClick={submitting.open}>
            Submit work
          </Button>
        )}
        {isOwner && <OwnerButtons task={task} project={project} />}
      </Heading>
      <ErrorNote error={error} />
      <Stack gap="lg">
        <Group className="card" p="md" justify="space-between">
          {task.assignee ? (
            <Person user={task.assignee} note="Assignee" size={38} />
          ) : (
            <Text size="sm">Not assigned</Text>
          )}
          {(isOwner || isAssignee) && (
            <Group gap="xs">
              {statuses
                .filter((status) => status !== task.status)
                .map((status) => (
                  <Button
                    key={status}
                    size="xs"
                    variant="default"
                    loading={move.isPending && move.variables.status === status}
                    onClick={() => move.mutate({ task, status })}
                  >
                    Move to “{statusWords[status].label}”
                  </Button>
                ))}
            </Group>
          )}
        </Group>
        <Text className="written" maw={720}>
          {task.description === "" ? "No description." : task.description}
        </Text>
        <div>
          <Title order={2} size="h4" mb="sm">
            Deliverables of this task
          </Title>
          <DeliverableRows
            filter={{ taskId: task.id, page }}
            onPage={(to, replace) =>
              navigate({
                to: "/projects/$projectId/tasks/$taskId",
                params: { projectId: project.id, taskId: task.id },
                search: { page: to },
                replace,
              })
            }
          />
        </div>
      </Stack>
      <SubmitWork
        opened={isSubmitting}
        onClose={submitting.close}
        projectId={project.id}
        taskId={task.id}
      />
    </>
  );
}

function OwnerButtons({ task, project }: { readonly task: Task; readonly project: Project }) {
  const goOn = useGoOn();
  const [isEditing, editing] = useDisclosure();
  const [isDeleting, deleting] = useDisclosure();
  const deletion = useAction(
    (onswift) => onswift.tasks.delete(project.id, task.id),
    ["tasks", "projects", "deliverables", "calendar", "analytics"],
    {
      onSuccess: () => goOn({ to: "/projects/$projectId", params: { projectId: project.id } }),
    },
  );
  return (
    <>
      <Button variant="default" onClick={editing.open}>
        Edit
      </Button>
      <Button variant="default" onClick={deleting.open}>
        Delete
      </Button>
      <TaskForm project={project} task={task} opened={isEditing} onClose={editing.close} />
      <ConfirmDelete
        opened={isDeleting}
        onClose={deleting.close}
        title="Delete this task?"
        action={deletion}
      >
        Its deliverables are deleted with it.
      </ConfirmDelete>
    </>
  );
}
