import { Checkbox, Table } from "@mantine/core";
import type { Channels, NotificationType } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ErrorNote } from "../parts/errors.tsx";
import { Loaded } from "../parts/loaded.tsx";

const words: Readonly<Record<NotificationType, string>> = {
  task_assigned: "A task is assigned to you",
  task_unassigned: "A task is no longer yours",
  deliverable_submitted: "Work is submitted",
  deliverable_approved: "Your work is approved",
  revision_requested: "A revision is requested",
  message_received: "A message arrives",
  review_received: "You are reviewed",
  deadline_approaching: "A due date is near",
  project_status_changed: "A project changes its state",
  team_added: "You are added to a team",
  mentioned: "You are mentioned",
  file_rejected: "A file is rejected",
};

export function Preferences() {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.notifications.preferences());
  const cache = useQueryClient();
  const { queryKey } = queries.notifications.preferences();
  const save = useAction(
    (onswift, { type, channels }: { type: NotificationType; channels: Partial<Channels> }) =>
      onswift.notifications.updatePreferences({ [type]: channels }),
    ["notifications"],
    {
      // A checkbox changes at once, and goes back if the backend refuses.
      onMutate: ({ type, channels }) => {
        const before = cache.getQueryData(queryKey);
        if (before !== undefined) {
          const after = { ...before.preferences[type], ...channels };
          cache.setQueryData(queryKey, { preferences: { ...before.preferences, [type]: after } });
        }
        return before;
      },
      onError: (_error, _input, before) => cache.setQueryData(queryKey, before),
    },
  );
  return (
    <Loaded query={query}>
      {({ preferences }) => (
        <>
          <ErrorNote error={save.error} />
          <Table.ScrollContainer minWidth={280}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th style={{ whiteSpace: "nowrap" }}>Here</Table.Th>
                  <Table.Th style={{ whiteSpace: "nowrap" }}>By mail</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {(Object.keys(words) as NotificationType[])
                  .filter((type) => preferences[type] !== undefined)
                  .map((type) => (
                    <Table.Tr key={type}>
                      <Table.Td>{words[type]}</Table.Td>
                      {(["inApp", "email"] as const).map((channel) => (
                        <Table.Td key={channel}>
                          <Checkbox
                            aria-label={`${words[type]}: ${channel === "email" ? "by mail" : "here"}`}
                            checked={preferences[type][channel]}
                            onChange={(event) =>
                              save.mutate({
                                type,
                                channels: { [channel]: event.currentTarget.checked },
                              })
                            }
                          />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </Loaded>
  );
}
