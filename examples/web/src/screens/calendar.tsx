import FullCalendar, { type CalendarRef } from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import list from "@fullcalendar/react/list";
import classic from "@fullcalendar/react/themes/classic";
import { Button, CopyButton, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { Calendar as CalendarData, CalendarRange, CreatedCalendarLink } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Heading } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatMoment } from "../parts/words.ts";
import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/theme.css";
import "./calendar.css";

const route = getRouteApi("/signed-in/calendar");

export function Calendar() {
  const queries = useOnSwiftQueries();
  const { month } = route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const calendar = useRef<CalendarRef>(null);
  const shown = useRef(month);
  // A link or the back button leads to another month. While a person goes on quickly, an address may be old already.
  useEffect(() => {
    if (month === shown.current || month !== router.latestLocation.search.month) return;
    calendar.current?.getApi().gotoDate(month === undefined ? new Date() : `${month}-01`);
  }, [month, router]);
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [range, setRange] = useState<CalendarRange>();
  const query = useQuery({
    ...queries.calendar.get(range ?? {}),
    placeholderData: keepPreviousData,
    enabled: range !== undefined,
  });
  return (
    <>
      <Heading title="Calendar" note="Due dates of tasks and projects." />
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      <div className="card calendar">
        <FullCalendar
          ref={calendar}
          plugins={[dayGrid, list, classic]}
          initialView={isPhone ? "listMonth" : "dayGridMonth"}
          headerToolbar={{ start: "title", end: "today prev,next" }}
          todayText="This month"
          todayHint="This month"
          height={isPhone ? "auto" : 640}
          firstDay={1}
          displayEventTime={false}
          dayMaxEvents={3}
          events={query.data ? eventsOf(query.data) : []}
          {...(month !== undefined && { initialDate: `${month}-01` })}
          datesSet={({ startStr, endStr, view }) => {
            setRange({ from: startStr.slice(0, 10), to: dayBefore(endStr.slice(0, 10)) });
            // In the address, so that the way back from an event leads to its month.
            const now = monthOf(view.currentStart);
            const search = { month: now === monthOf(new Date()) ? undefined : now };
            if (search.month === shown.current) return;
            shown.current = search.month;
            void navigate({ to: "/calendar", search, replace: true });
          }}
          eventClick={({ event, jsEvent }) => {
            jsEvent.preventDefault();
            void navigate({ href: event.url });
          }}
        />
      </div>
      <Subscription />
    </>
  );
}

const monthOf = (day: Date) =>
  `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}`;

/** FullCalendar names the day behind the last one; the backend wants the last one. */
function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

const eventsOf = ({ days }: CalendarData) =>
  days.flatMap(({ date, tasks, projects }) => [
    ...tasks.map((task) => ({
      id: task.id,
      title: task.name,
      start: date,
      allDay: true,
      url: `/projects/${task.projectId}/tasks/${task.id}`,
      color: task.status === "completed" ? "#1f6f45" : "#4158b8",
    })),
    ...projects.map((project) => ({
      id: project.id,
      title: `Project due: ${project.name}`,
      start: date,
      allDay: true,
      url: `/projects/${project.id}`,
      color: "#8a4b08",
    })),
  ]);

/** The link for calendar programs. Its address is shown once, because the backend stores only a hash of it. */
function Subscription() {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.calendar.getLink());
  const [created, setCreated] = useState<CreatedCalendarLink>();
  const create = useAction((onswift) => onswift.calendar.createLink(), ["calendar"], {
    onSuccess: (link) => setCreated(link),
  });
  const remove = useAction((onswift) => onswift.calendar.deleteLink(), ["calendar"], {
    onSuccess: () => setCreated(undefined),
  });
  return (
    <Stack className="card" p="lg" mt="lg" gap="sm">
      <Title order={2} size="h4">
        In your own calendar
      </Title>
      <Text size="sm" c="dimmed">
        A private iCal link shows your due dates in other calendar programs. It works for everyone
        who has it.
      </Text>
      <Loaded query={query} skeleton={<Rows count={1} height={36} />}>
        {({ link }) => (
          <>
            {created && (
              <Group align="flex-end" gap="sm">
                <TextInput
                  label="Your link, shown only now"
                  readOnly
                  value={created.url}
                  style={{ flex: 1, minWidth: 240 }}
                />
                <CopyButton value={created.url}>
                  {({ copied, copy }) => (
                    <Button variant="default" onClick={copy}>
                      {copied ? "Copied" : "Copy"}
                    </Button>
                  )}
                </CopyButton>
              </Group>
            )}
            <Group justify="space-between">
              <Text size="sm">
                {link === null
                  ? "There is no link."
                  : `Created ${formatMoment(link.createdAt)}, ${
                      link.lastUsedAt === null
                        ? "not used yet"
                        : `last used ${formatMoment(link.lastUsedAt)}`
                    }.`}
              </Text>
              <Group gap="sm">
                {link !== null && (
                  <Button
                    variant="default"
                    size="sm"
                    loading={remove.isPending}
                    onClick={() => remove.mutate()}
                  >
                    Delete the link
                  </Button>
                )}
                <Button size="sm" loading={create.isPending} onClick={() => create.mutate()}>
                  {link === null ? "Create a link" : "Replace the link"}
                </Button>
              </Group>
            </Group>
          </>
        )}
      </Loaded>
      <ErrorNote error={create.error ?? remove.error} />
    </Stack>
  );
}
