import { Textarea, TextInput } from "@mantine/core";
import type { NewProject as Draft } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { fieldErrors } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { dayFromToday } from "../parts/words.ts";
import { FormDialog } from "./form-dialog.tsx";

export function NewProject({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const goOn = useGoOn();
  const create = useAction(
    (onswift, draft: Draft) => onswift.projects.create(draft),
    ["projects", "calendar", "analytics"],
    { onSuccess: ({ id }) => goOn({ to: "/projects/$projectId", params: { projectId: id } }) },
  );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title="New project"
      action={create}
      submit="Create project"
      fields={["name", "description", "dueDate"]}
      onSubmit={(value) =>
        create.mutate({
          name: value("name"),
          description: value("description"),
          dueDate: value("dueDate"),
        })
      }
    >
      <ProjectFields error={create.error} dueDate={dayFromToday(30)} />
    </FormDialog>
  );
}

export function ProjectFields({
  error,
  name = "",
  description = "",
  dueDate,
}: {
  readonly error: unknown;
  readonly name?: string;
  readonly description?: string;
  readonly dueDate: string;
}) {
  const invalid = fieldErrors(error);
  return (
    <>
      <TextInput name="name" label="Name" data-autofocus defaultValue={name} error={invalid.name} />
      <Textarea
        name="description"
        label="Description"
        autosize
        minRows={3}
        defaultValue={description}
        error={invalid.description}
      />
      <TextInput
        name="dueDate"
        type="date"
        label="Due date"
        defaultValue={dueDate}
        error={invalid.dueDate}
      />
    </>
  );
}
