import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import type { Project, ProjectPatch } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import type { FormEvent } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";

export function EditProject({
  project,
  opened,
  onClose,
}: {
  readonly project: Project;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const save = useAction(
    (onswift, patch: ProjectPatch) => onswift.projects.update(project.id, patch),
    ["projects", "calendar"],
    { onSuccess: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: keyof ProjectPatch) => String(form.get(name));
    const dueDate = value("dueDate");
    save.mutate({
      name: value("name"),
      description: value("description"),
      // A due date that has passed is valid as it is, but not as a change.
      ...(dueDate === project.dueDate ? {} : { dueDate }),
    });
  };
  const invalid = fieldErrors(save.error);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Edit project"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput name="name" label="Name" defaultValue={project.name} error={invalid.name} />
          <Textarea
            name="description"
            label="Description"
            autosize
            minRows={3}
            defaultValue={project.description}
            error={invalid.description}
          />
          <TextInput
            name="dueDate"
            type="date"
            label="Due date"
            defaultValue={project.dueDate}
            error={invalid.dueDate}
          />
          <ErrorNote error={save.error} fields={["name", "description", "dueDate"]} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
