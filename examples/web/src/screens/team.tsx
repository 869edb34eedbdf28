import { Anchor, Button, Group, Stack } from "@mantine/core";
import type { Project } from "@onswift/sdk";
import { useAction, useSession } from "@onswift/sdk/react";
import { Link } from "@tanstack/react-router";
import { Empty, Person } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Icon } from "../parts/icons.tsx";
import { formatDay } from "../parts/words.ts";

export function Team({
  project,
  isOwner,
}: {
  readonly project: Project;
  readonly isOwner: boolean;
}) {
  const self = useSession()?.user.id;
  const goOn = useGoOn();
  const areas = ["projects", "tasks", "analytics"] as const;
  const remove = useAction(
    (onswift, userId: string) => onswift.team.remove(project.id, userId),
    areas,
  );
  const leave = useAction((onswift) => onswift.team.leave(project.id), areas, {
    onSuccess: () => goOn({ to: "/projects" }),
  });
  return (
    <Stack gap="sm">
      <ErrorNote error={remove.error ?? leave.error} />
      {isOwner && (
        <Group>
          <Button
            component={Link}
            to="/talents"
            variant="light"
            size="sm"
            leftSection={<Icon name="search" size={16} />}
          >
            Find talents
          </Button>
        </Group>
      )}
      {project.teamMembers.length === 0 && (
        <Empty icon="person" title="The team is empty">
          Find a talent and add them to this project from their profile.
        </Empty>
      )}
      {project.teamMembers.map((member) => (
        <Group key={member.id} className="card" p="sm" justify="space-between" wrap="nowrap">
          <Anchor component={Link} to={`/talents/${member.id}`} c="inherit" style={{ minWidth: 0 }}>
            <Person
              user={member}
              note={`${member.role ?? "Member"} · since ${formatDay(member.joinedAt)}`}
              size={38}
            />
          </Anchor>
          {isOwner && (
            <Button
              size="xs"
              variant="default"
              loading={remove.isPending && remove.variables === member.id}
              onClick={() => remove.mutate(member.id)}
            >
              Remove<span className="sr"> {member.name}</span>
            </Button>
          )}
          {member.id === self && (
            <Button
              size="xs"
              variant="default"
              loading={leave.isPending}
              onClick={() => leave.mutate()}
            >
              Leave the team
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}
