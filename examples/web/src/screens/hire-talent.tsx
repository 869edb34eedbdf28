import { NativeSelect, Text, TextInput } from "@mantine/core";
import type { PublicProfile } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useAllPages } from "../parts/all-pages.ts";
import { fieldErrors } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Dialog, DialogForm } from "./form-dialog.tsx";

export function HireTalent({
  talent,
  opened,
  onClose,
}: {
  readonly talent: PublicProfile;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const queries = useOnSwiftQueries();
  const goOn = useGoOn();
  const query = useAllPages({
    ...queries.projects.pages({ limit: 100, sort: "name" }),
    enabled: opened,
  });
  const add = useAction(
    (onswift, { projectId, role }: { readonly projectId: string; readonly role: string }) =>
      onswift.team.add(projectId, { userId: talent.id, role: role || null }),
    ["projects", "analytics"],
    {
      onSuccess: ({ projectId }) =>
        goOn({ to: "/projects/$projectId", params: { projectId }, search: { tab: "team" } }),
    },
  );
  const invalid = fieldErrors(add.error);
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={`Add ${talent.name} to a project`}
      isBusy={add.isPending}
    >
      <Loaded query={query} skeleton={<Rows count={1} height={60} />}>
        {({ items: projects }) => {
          const open = projects.filter((project) => project.status !== "completed");
          if (open.length === 0)
            return <Text>You have no open project. Create one under “Projects” first.</Text>;
          return (
            <DialogForm
              onClose={onClose}
              action={add}
              submit="Add to the team"
              fields={["projectId", "role"]}
              onSubmit={(value) =>
                add.mutate({ projectId: value("projectId"), role: value("role").trim() })
              }
            >
              <NativeSelect
                name="projectId"
                label="Project"
                data={open.map(({ id, name }) => ({ value: id, label: name }))}
                error={invalid.projectId}
              />
              <TextInput
                name="role"
                label="Role (optional)"
                placeholder={talent.professionalTitle ?? "Video Editor"}
                error={invalid.role}
              />
            </DialogForm>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
