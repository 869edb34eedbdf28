import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import type { NewProject as Draft } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { dayFromToday } from "../parts/words.ts";

export function NewProject({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const create = useAction(
    (onswift, draft: Draft) => onswift.projects.create(draft),
    ["projects"],
    { onSuccess: ({ id }) => navigate({ to: "/projects/$projectId", params: { projectId: id } }) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate({
      name: String(form.get("name")),
      description: String(form.get("description")),
      dueDate: String(form.get("dueDate")),
    });
  };
  const invalid = fieldErrors(create.error);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New project"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput name="name" label="Name" data-autofocus error={invalid.name} />
          <Textarea
            name="description"
            label="Description"
            autosize
            minRows={3}
            error={invalid.description}
          />
          <TextInput
            name="dueDate"
            type="date"
            label="Due date"
            defaultValue={dayFromToday(30)}
            error={invalid.dueDate}
          />
          <ErrorNote error={create.error} fields={["name", "description", "dueDate"]} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create project
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
