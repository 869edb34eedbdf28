import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useAction, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Heading, Person, State } from "../parts/bits.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatMoment } from "../parts/words.ts";
import { Factors } from "./factors.tsx";
import { Leave } from "./leave.tsx";
import { Preferences } from "./preferences.tsx";

export function Account() {
  const queries = useOnSwiftQueries();
  const email = useSession()?.user.email;
  // All lists of the page first: each of them would move the sections below it.
  const lists = [
    useQuery(queries.auth.sessions()),
    useQuery(queries.auth.factors()),
    useQuery(queries.notifications.preferences()),
    useQuery(queries.users.blocks()),
    useInfiniteQuery(queries.auth.securityLog({ limit: 10 })),
  ];
  // Once only: a list that fails is pending again as soon as its section asks for it, and would come and go for ever.
  const [isReady, setReady] = useState(false);
  if (!isReady && !lists.some(({ isPending }) => isPending)) setReady(true);
  if (!isReady) {
    return (
      <>
        <Heading title="Account" note={email} />
        <Rows count={3} height={200} />
      </>
    );
  }
  return (
    <>
      <Heading title="Account" note={email} />
      <Stack gap="lg">
        <Section title="Sessions" note="The devices on which you are signed in.">
          <Sessions />
        </Section>
        <Section title="Notifications" note="What reaches you here, and what by mail.">
          <Preferences />
        </Section>
        <Section title="Password">
          <Password />
        </Section>
        <Section
          title="Two-step sign-in"
          note="A sign-in then needs a code of an authenticator app, too."
        >
          <Factors />
        </Section>
        <Section title="Email address">
          <Email />
        </Section>
        <Section title="Blocked users">
          <Blocks />
        </Section>
        <Section title="Recent security events">
          <SecurityLog />
        </Section>
        <Section title="Your data">
          <Leave />
        </Section>
      </Stack>
    </>
  );
}

function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <Stack className="card" p="lg" gap="md" component="section" aria-label={title}>
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        {note !== undefined && (
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

function Sessions() {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.auth.sessions());
  const revoke = useAction((onswift, id: string) => onswift.auth.sessions.revoke(id), ["auth"]);
  const others = useAction((onswift) => onswift.auth.signOut({ scope: "others" }), ["auth"]);
  return (
    <Loaded query={query}>
      {({ sessions }) => (
        <>
          {sessions.map((one) => (
            <Group key={one.id} justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" truncate>
                  {deviceOf(one.userAgent)}
                </Text>
                <Text size="xs" c="dimmed">
                  {one.ipAddress ?? "Unknown address"} · last used {formatMoment(one.lastUsedAt)}
                </Text>
              </div>
              {one.current ? (
                <State label="This device" tone="green" />
              ) : (
                <Button
                  size="xs"
                  variant="default"
                  loading={revoke.isPending && revoke.variables === one.id}
                  onClick={() => revoke.mutate(one.id)}
                >
                  End
                </Button>
              )}
            </Group>
          ))}
          <ErrorNote error={revoke.error ?? others.error} />
          <Group>
            <Button
              variant="default"
              size="sm"
              disabled={sessions.length < 2}
              loading={others.isPending}
              onClick={() => others.mutate()}
            >
              Sign out everywhere else
            </Button>
          </Group>
        </>
      )}
    </Loaded>
  );
}

/** The browser and the system, as far as the user agent names them. */
function deviceOf(userAgent: string | null): string {
  if (userAgent === null) return "Unknown device";
  const browser = /Firefox|Edg|OPR|Chrome|Safari/.exec(userAgent)?.[0] ?? "Another program";
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(userAgent)?.[0];
  const name = { Edg: "Edge", OPR: "Opera" }[browser] ?? browser;
  return system === undefined ? name : `${name} on ${system}`;
}

function Password() {
  const [isDone, setDone] = useState(false);
  const change = useAction(
    (onswift, input: { readonly currentPassword: string; readonly newPassword: string }) =>
      onswift.auth.changePassword(input),
    ["auth"],
    { onSuccess: () => setDone(true) },
  );
  const submit = (value: Values) => {
    setDone(false);
    change.mutate({
      currentPassword: value("currentPassword"),
      newPassword: value("newPassword"),
    });
  };
  const invalid = fieldErrors(change.error);
  return (
    <Form onSubmit={submit} maw={420}>
      <PasswordInput
        name="currentPassword"
        label="Current password"
        autoComplete="current-password"
        error={invalid.currentPassword}
      />
      <PasswordInput
        name="newPassword"
        label="New password"
        autoComplete="new-password"
        error={invalid.newPassword}
      />
      <ErrorNote error={change.error} fields={["currentPassword", "newPassword"]} />
      <Group>
        <Button type="submit" variant="default" loading={change.isPending}>
          Change the password
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {isDone ? "Changed." : ""}
        </Text>
      </Group>
    </Form>
  );
}

function Email() {
  const change = useAction(
    (onswift, input: { readonly password: string; readonly newEmail: string }) =>
      onswift.auth.changeEmail(input),
    [],
  );
  const submit = (value: Values) => {
    change.mutate({
      newEmail: value("newEmail"),
      password: value("password"),
    });
  };
  const invalid = fieldErrors(change.error);
  return (
    <Form onSubmit={submit} maw={420}>
      <TextInput
        name="newEmail"
        type="email"
        label="New email address"
        autoComplete="email"
        error={invalid.newEmail}
      />
      <PasswordInput
        name="password"
        label="Password"
        autoComplete="current-password"
        error={invalid.password}
      />
      <ErrorNote error={change.error} fields={["newEmail", "password"]} />
      <Group>
        <Button type="submit" variant="default" loading={change.isPending}>
          Change the address
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {change.isSuccess ? "Follow the link that we sent to the new address." : ""}
        </Text>
      </Group>
    </Form>
  );
}

function Blocks() {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.users.blocks());
  const unblock = useAction((onswift, id: string) => onswift.users.unblock(id), ["users"]);
  return (
    <Loaded query={query}>
      {({ users }) => (
        <>
          {users.length === 0 && (
            <Text size="sm" c="dimmed">
              You have blocked no user.
            </Text>
          )}
          {users.map((user) => (
            <Group key={user.id} justify="space-between">
              <Person user={user} />
              <Button size="xs" variant="default" onClick={() => unblock.mutate(user.id)}>
                Unblock<span className="sr"> {user.name}</span>
              </Button>
            </Group>
          ))}
          <ErrorNote error={unblock.error} />
        </>
      )}
    </Loaded>
  );
}

const eventWords = {
  signed_in: "Signed in",
  sign_in_failed: "A sign-in failed",
  session_ended: "A session was ended",
  password_changed: "The password was changed",
  email_changed: "The email address was changed",
  factor_added: "An authenticator app was added",
  factor_removed: "An authenticator app was removed",
  factor_failed: "A wrong code was entered",
} as const;

function SecurityLog() {
  const queries = useOnSwiftQueries();
  const query = useInfiniteQuery(queries.auth.securityLog({ limit: 10 }));
  return (
    <Loaded query={query}>
      {({ items: events }) => (
        <Stack gap={6}>
          {events.length === 0 && (
            <Text size="sm" c="dimmed">
              No events yet.
            </Text>
          )}
          {events.map((event) => (
            <Group key={event.id} justify="space-between">
              <Text size="sm">
                {eventWords[event.type] ?? event.type}
                {event.newDevice && " on a new device"}
              </Text>
              <Text size="xs" c="dimmed">
                {deviceOf(event.userAgent)} · {formatMoment(event.createdAt)}
              </Text>
            </Group>
          ))}
          {query.hasNextPage && (
            <Group>
              <Button
                size="xs"
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Earlier events
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
