import { Group, Stack, Text } from "@mantine/core";
import type { DeliverableFilter } from "@onswift/sdk";
import { useOnSwiftQueries } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Empty, State } from "../parts/bits.tsx";
import { Icon } from "../parts/icons.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { deliverableWords, formatMoment } from "../parts/words.ts";

export function DeliverableRows({
  filter,
  onPage,
}: {
  readonly filter: DeliverableFilter;
  readonly onPage: (page: number, replace: boolean) => void;
}) {
  const queries = useOnSwiftQueries();
  const query = useQuery({
    ...queries.deliverables.list({ limit: 20, sort: "-updatedAt", ...filter }),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query}>
      {({ deliverables, pagination }) =>
        pagination.total === 0 ? (
          <Empty icon="deliverables" title="No deliverables here">
            An assignee submits files for a task; the creator approves them or asks for a revision.
          </Empty>
        ) : (
          <Stack gap="sm">
            {deliverables.map((one) => (
              <Link
                key={one.id}
                to="/deliverables/$deliverableId"
                params={{ deliverableId: one.id }}
                className="card"
              >
                <Group p="sm" justify="space-between" gap="sm">
                  <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
                    <Icon name="file" />
                    <div style={{ minWidth: 0 }}>
                      <Text size="sm" fw={600} truncate>
                        {one.title}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {one.projectName} · {one.taskName} · version {one.version} ·{" "}
                        {one.submittedBy.name}
                      </Text>
                    </div>
                  </Group>
                  <Group gap="sm">
                    <Text size="xs" c="dimmed">
                      {formatMoment(one.submittedAt)}
                    </Text>
                    <State {...deliverableWords[one.status]} />
                  </Group>
                </Group>
              </Link>
            ))}
            <Pages pagination={pagination} onPage={onPage} />
          </Stack>
        )
      }
    </Loaded>
  );
}
