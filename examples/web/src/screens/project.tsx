import { Button, Group, Menu, Skeleton, Tabs, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project as ProjectData, Status } from "@onswift/sdk";
import { useAction, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { ProjectTab } from "../app/router.tsx";
import { Heading, State } from "../parts/bits.tsx";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatDay, statuses, statusWords } from "../parts/words.ts";
import { DeliverableRows } from "./deliverable-rows.tsx";
import { EditProject } from "./edit-project.tsx";
import { Samples } from "./samples.tsx";
import { Team } from "./team.tsx";

// Dragging is only needed here, and only on this tab.
const Board = lazy(() => import("./board.tsx").then((module) => ({ default: module.Board })));

const route = getRouteApi("/signed-in/projects/$projectId");

export function Project() {
  const queries = useOnSwiftQueries();
  const { projectId } = route.useParams();
  const query = useQuery(queries.projects.get(projectId));
  return (
    <Loaded query={query} whole skeleton={<ProjectSkeleton />}>
      {(project) => <Content key={project.id} project={project} />}
    </Loaded>
  );
}

function Content({ project }: { readonly project: ProjectData }) {
  const { tab = "board", page } = route.useSearch();
  const navigate = useNavigate();
  const isOwner = useSession()?.user.id === project.creatorId;
  const open = (next: string | null) =>
    navigate({
      to: "/projects/$projectId",
      params: { projectId: project.id },
      search: next === "board" ? {} : { tab: next as ProjectTab },
    });
  return (
    <>
      <Heading
        title={project.name}
        note={
          <Group gap="xs">
            <State {...statusWords[project.status]} /> Due {formatDay(project.dueDate)}
          </Group>
        }
      >
        {isOwner && <OwnerMenu project={project} />}
      </Heading>
      <Text mb="md" maw={720} className="written">
        {project.description}
      </Text>
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md" className="tabs" style={{ flexWrap: "nowrap" }}>
          <Tabs.Tab value="board">Board</Tabs.Tab>
          <Tabs.Tab value="team">Team ({project.teamMembers.length})</Tabs.Tab>
          <Tabs.Tab value="samples">Samples</Tabs.Tab>
          <Tabs.Tab value="deliverables">Deliverables</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="board">
          <Suspense fallback={<Rows count={1} height={300} />}>
            <Board project={project} isOwner={isOwner} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="team">
          <Team project={project} isOwner={isOwner} />
        </Tabs.Panel>
        <Tabs.Panel value="samples">
          <Samples project={project} isOwner={isOwner} />
        </Tabs.Panel>
        <Tabs.Panel value="deliverables">
          <DeliverableRows
            filter={{ projectId: project.id, page }}
            onPage={(to, replace) =>
              navigate({
                to: "/projects/$projectId",
                params: { projectId: project.id },
                search: { tab, page: to },
                replace,
              })
            }
          />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function OwnerMenu({ project }: { readonly project: ProjectData }) {
  const goOn = useGoOn();
  const [isEditing, edit] = useDisclosure();
  const [isDeleting, remove] = useDisclosure();
  const setStatus = useAction(
    (onswift, status: Status) => onswift.projects.update(project.id, { status }),
    ["projects", "calendar", "analytics"],
  );
  const deletion = useAction(
    (onswift) => onswift.projects.delete(project.id),
    ["projects", "tasks", "deliverables", "calendar", "analytics"],
    { onSuccess: () => goOn({ to: "/projects" }) },
  );
  return (
    <>
      <ErrorNote error={setStatus.error} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            loading={setStatus.isPending}
            leftSection={<Icon name="settings" size={16} />}
          >
            Manage
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Status</Menu.Label>
          {statuses
            .filter((status) => status !== project.status)
            .map((status) => (
              <Menu.Item key={status} onClick={() => setStatus.mutate(status)}>
                Set to “{statusWords[status].label}”
              </Menu.Item>
            ))}
          <Menu.Divider />
          <Menu.Item onClick={edit.open}>Edit details</Menu.Item>
          <Menu.Item onClick={remove.open}>Delete project</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <EditProject project={project} opened={isEditing} onClose={edit.close} />
      <ConfirmDelete
        opened={isDeleting}
        onClose={remove.close}
        title="Delete this project?"
        action={deletion}
      >
        Its tasks, samples and deliverables are deleted with it, for the whole team.
      </ConfirmDelete>
    </>
  );
}

function ProjectSkeleton() {
  return (
    <>
      <Skeleton height={52} width="50%" mb="lg" />
      <Skeleton height={24} mb="md" />
      <Skeleton height={36} mb="md" />
      <Rows count={1} height={300} />
    </>
  );
}
