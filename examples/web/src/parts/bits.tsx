import { Avatar, Group, Stack, Text, Title } from "@mantine/core";
import type { UserCard } from "@onswift/sdk";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icons.tsx";
import { counted, type Tone } from "./words.ts";

/** The small parts that many screens share. */
export function State({ label, tone }: { readonly label: string; readonly tone: Tone }) {
  return (
    <span className="state" data-tone={tone}>
      {label}
    </span>
  );
}

export function Person({
  user,
  note,
  size = 32,
}: {
  readonly user: Pick<UserCard, "name" | "avatarUrl">;
  readonly note?: ReactNode;
  readonly size?: number;
}) {
  return (
    <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
      <Face user={user} size={size} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>
          {user.name}
        </Text>
        {note !== undefined && (
          <Text size="xs" c="dimmed" component="div">
            {note}
          </Text>
        )}
      </div>
    </Group>
  );
}

/** Decoration: the name is always written beside it, or in the label of what contains it. */
export function Face({
  user,
  size = 32,
}: {
  readonly user: Pick<UserCard, "name" | "avatarUrl">;
  readonly size?: number;
}) {
  return (
    <Avatar src={user.avatarUrl} size={size} radius="xl" alt="" aria-hidden="true" className="face">
      {initials(user.name)}
    </Avatar>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    // The first character, not the first half of an emoji.
    .map((word) => Array.from(word)[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" c="dimmed">
      <Icon name={icon} size={36} />
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text component="div" size="sm" ta="center" maw={420}>
          {children}
        </Text>
      )}
    </Stack>
  );
}

export function Heading({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <Group justify="space-between" align="flex-end" mb="lg" mih={52}>
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        {note !== undefined && (
          <Text c="dimmed" size="sm" component="div" mt={2}>
            {note}
          </Text>
        )}
      </div>
      {children !== undefined && <Group gap="sm">{children}</Group>}
    </Group>
  );
}

export function Stars({
  rating,
  count,
}: {
  readonly rating: number | null;
  readonly count?: number;
}) {
  if (rating === null)
    return (
      <Text span size="sm" c="dimmed">
        No reviews yet
      </Text>
    );
  return (
    <Text span size="sm">
      <span className="stars" aria-hidden="true">
        ★{" "}
      </span>
      <span className="sr">Rated </span>
      {rating.toFixed(1)}
      {count === undefined ? "" : ` · ${counted(count, "review")}`}
    </Text>
  );
}
