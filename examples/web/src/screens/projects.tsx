import { Button, Group, Progress, SimpleGrid, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project } from "@onswift/sdk";
import { useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Empty, Face, Heading, State } from "../parts/bits.tsx";
import { Icon } from "../parts/icons.tsx";
import { LazyDialog, lazyPart } from "../parts/lazy-part.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { StatusFilter } from "../parts/status-filter.tsx";
import { formatDay, statusLabels, statusWords } from "../parts/words.ts";

const route = getRouteApi("/signed-in/projects");
const newProject = lazyPart(async () => (await import("./new-project.tsx")).NewProject);

export function Projects() {
  const queries = useOnSwiftQueries();
  const { status, page = 1 } = route.useSearch();
  const navigate = useNavigate();
  const [isOpen, { open, close }] = useDisclosure();
  const isCreator = useSession()?.user.userType === "creator";
  const filter = { status, page, limit: 12, sort: "-updatedAt" } as const;
  const query = useQuery({ ...queries.projects.list(filter), placeholderData: keepPreviousData });
  return (
    <>
      <Heading
        title="Projects"
        note={isCreator ? "What you produce, and with whom." : "The teams you are in."}
      >
        {isCreator && (
          <Button onClick={open} leftSection={<Icon name="plus" size={16} />}>
            New project
          </Button>
        )}
      </Heading>
      <StatusFilter
        value={status}
        labels={statusLabels}
        onChange={(to) => navigate({ to: "/projects", search: { status: to } })}
      />
      <Loaded query={query} skeleton={<Rows count={3} height={150} />}>
        {({ projects, pagination }) => (
          <>
            {pagination.total === 0 && (
              <Empty icon="projects" title={status ? "No project in this state" : "No project yet"}>
                {isCreator
                  ? "A project has a team, tasks on a board and the files they deliver."
                  : "When a creator adds you to a team, the project appears here. A complete profile helps them find you."}
              </Empty>
            )}
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </SimpleGrid>
            <Pages
              pagination={pagination}
              onPage={(to, replace) =>
                navigate({ to: "/projects", search: { status, page: to }, replace })
              }
            />
          </>
        )}
      </Loaded>
      <LazyDialog part={newProject} props={{ opened: isOpen, onClose: close }} />
    </>
  );
}

function ProjectCard({ project }: { readonly project: Project }) {
  const { taskCount, completedTaskCount, teamMembers } = project;
  const done = taskCount === 0 ? 0 : (completedTaskCount / taskCount) * 100;
  return (
    <Link to="/projects/$projectId" params={{ projectId: project.id }} className="card">
      <div style={{ padding: "1.1rem" }}>
        <Group justify="space-between" mb={6}>
          <State {...statusWords[project.status]} />
          <Text size="xs" c="dimmed">
            Due {formatDay(project.dueDate)}
          </Text>
        </Group>
        <Title order={2} size="h4" lineClamp={1}>
          {project.name}
        </Title>
        <Text size="sm" c="dimmed" lineClamp={2} mih={42} mt={2}>
          {project.description}
        </Text>
        <Progress
          value={done}
          size="sm"
          mt="sm"
          aria-label={`${completedTaskCount} of ${taskCount} tasks completed`}
        />
        <Group justify="space-between" mt="sm" mih={30}>
          <Text size="xs" c="dimmed">
            {completedTaskCount} of {taskCount} tasks
          </Text>
          <Group gap={4}>
            {teamMembers.slice(0, 4).map((member) => (
              <Face key={member.id} user={member} size={28} />
            ))}
            {teamMembers.length > 4 && (
              <Text size="xs" c="dimmed">
                +{teamMembers.length - 4}
              </Text>
            )}
          </Group>
        </Group>
      </div>
    </Link>
  );
}
