import { SegmentedControl, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { AnalyticsBucket, Analytics as Figures } from "@onswift/sdk";
import { useOnSwiftQueries } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Empty, Heading, Person, State } from "../parts/bits.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { counted, dayFromToday, formatPercent, statusWords } from "../parts/words.ts";

// The plots are as large as the rest of the app, and the figures above them need not wait.
const Timeline = lazy(() => import("./plots.tsx").then(({ Timeline }) => ({ default: Timeline })));
const Rates = lazy(() => import("./plots.tsx").then(({ Rates }) => ({ default: Rates })));

const spans = {
  "30": { label: "30 days", days: 30, bucket: "day" },
  "90": { label: "90 days", days: 90, bucket: "week" },
  "365": { label: "A year", days: 365, bucket: "month" },
} as const satisfies Record<string, { label: string; days: number; bucket: AnalyticsBucket }>;

export function Analytics() {
  const queries = useOnSwiftQueries();
  const [span, setSpan] = useState<keyof typeof spans>("90");
  const { days, bucket } = spans[span];
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const range = { from: dayFromToday(-days), to: dayFromToday(0), bucket, timeZone };
  const query = useQuery({ ...queries.analytics.me(range), placeholderData: keepPreviousData });
  return (
    <>
      <Heading title="Analytics" note="Tasks, deliverables and answers in a period.">
        <SegmentedControl
          aria-label="Period"
          value={span}
          onChange={(value) => setSpan(value as keyof typeof spans)}
          data={Object.entries(spans).map(([value, { label }]) => ({ value, label }))}
        />
      </Heading>
      <Loaded query={query} skeleton={<Rows count={3} height={200} />}>
        {(figures) => <Content figures={figures} />}
      </Loaded>
    </>
  );
}

function Content({ figures }: { readonly figures: Figures }) {
  const { tasks, deliverables, responseTime, averageRating, totalReviews } = figures;
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure
          label="Tasks completed"
          value={`${tasks.completed} of ${tasks.due}`}
          note={`${formatPercent(tasks.onTimeRate)} on time`}
        />
        <Figure
          label="Deliverables approved"
          value={String(deliverables.approved)}
          note={`${deliverables.submitted} submitted`}
        />
        <Figure
          label="Revisions per deliverable"
          value={deliverables.revisionsPerDeliverable?.toFixed(1) ?? "–"}
          note={`${deliverables.approvedWithoutRevision} approved at once`}
        />
        {averageRating === undefined ? (
          <Figure
            label="Time to answer"
            value={hours(responseTime.medianHours)}
            note={`median of ${counted(responseTime.count, "review")}`}
          />
        ) : (
          <Figure
            label="Rating"
            value={averageRating?.toFixed(1) ?? "–"}
            note={counted(totalReviews ?? 0, "review")}
          />
        )}
      </SimpleGrid>
      <Plot title="Over time">
        <Suspense fallback={<Rows count={1} height={260} />}>
          <Timeline figures={figures} />
        </Suspense>
      </Plot>
      {figures.projects && figures.projects.length > 0 && (
        <Plot title="Completed and on time, by project">
          <Suspense fallback={<Rows count={1} height={260} />}>
            <Rates projects={figures.projects} />
          </Suspense>
          <ProjectTable projects={figures.projects} />
        </Plot>
      )}
      {figures.teamMembers && <Members members={figures.teamMembers} />}
    </Stack>
  );
}

function hours(value: number | null): string {
  if (value === null) return "–";
  return value < 1 ? `${Math.max(1, Math.round(value * 60))} min` : `${value.toFixed(1)} h`;
}

function Figure({
  label,
  value,
  note,
}: {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}) {
  return (
    <Stack className="card" p="md" gap={2}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={700} fz={28} lh={1.2}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </Stack>
  );
}

function Plot({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Stack className="card" p="lg" gap="md" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** The same figures as the plot, for people who do not see it. */
function ProjectTable({ projects }: { readonly projects: NonNullable<Figures["projects"]> }) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Project</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Tasks due</Table.Th>
            <Table.Th>Completed</Table.Th>
            <Table.Th>On time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {projects.map((one) => (
            <Table.Tr key={one.projectId}>
              <Table.Td>{one.name}</Table.Td>
              <Table.Td>
                <State {...statusWords[one.status]} />
              </Table.Td>
              <Table.Td>{one.tasksDue}</Table.Td>
              <Table.Td>{formatPercent(one.completionRate)}</Table.Td>
              <Table.Td>{formatPercent(one.onTimeRate)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Members({ members }: { readonly members: NonNullable<Figures["teamMembers"]> }) {
  return (
    <Plot title="Team">
      {members.length === 0 ? (
        <Empty icon="person" title="No team yet" />
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Talent</Table.Th>
                <Table.Th>Tasks due</Table.Th>
                <Table.Th>Completed</Table.Th>
                <Table.Th>On time</Table.Th>
                <Table.Th>Revisions per deliverable</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {members.map((one) => (
                <Table.Tr key={one.user.id}>
                  <Table.Td>
                    <Person user={one.user} />
                  </Table.Td>
                  <Table.Td>{one.tasksDue}</Table.Td>
                  <Table.Td>{formatPercent(one.completionRate)}</Table.Td>
                  <Table.Td>{formatPercent(one.onTimeRate)}</Table.Td>
                  <Table.Td>{one.revisionsPerDeliverable?.toFixed(1) ?? "–"}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Plot>
  );
}
