import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import type { Project, Task } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import type { FormEvent } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { dayFromToday } from "../parts/words.ts";

const fields = ["name", "description", "assigneeId", "dueDate", "recurrence"] as const;
type Fields = Readonly<Record<(typeof fields)[number], string>>;

/** Creates a task, or changes one. */
export function TaskForm({
  project,
  task,
  opened,
  onClose,
}: {
  readonly project: Project;
  readonly task?: Task;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const save = useAction(
    (onswift, { recurrence, ...rest }: Fields) => {
      const repeated = recurrence === "" ? {} : { recurrence };
      if (task === undefined) return onswift.tasks.create(project.id, { ...rest, ...repeated });
      const { dueDate, ...others } = rest;
      const patch = dueDate === task.dueDate ? others : rest;
      return onswift.tasks.update(project.id, task.id, patch);
    },
    ["tasks", "projects", "calendar"],
    { onSuccess: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const values = fields.map((name) => [name, String(form.get(name) ?? "")]);
    save.mutate(Object.fromEntries(values) as Fields);
  };
  const invalid = fieldErrors(save.error);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={task ? "Edit task" : "New task"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="name"
            label="Name"
            data-autofocus
            defaultValue={task?.name ?? ""}
            error={invalid.name}
          />
          <Textarea
            name="description"
            label="Description"
            autosize
            minRows={2}
            defaultValue={task?.description ?? ""}
            error={invalid.description}
          />
          <NativeSelect
            name="assigneeId"
            label="Assignee"
            description={
              project.teamMembers.length === 0 ? "Add a talent to the team first." : null
            }
            defaultValue={task?.assignee?.id ?? ""}
            error={invalid.assigneeId}
            data={project.teamMembers.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <TextInput
            name="dueDate"
            type="date"
            label="Due date"
            defaultValue={task?.dueDate ?? dayFromToday(7)}
            error={invalid.dueDate}
          />
          {task === undefined && (
            <NativeSelect
              name="recurrence"
              label="Repeats"
              error={invalid.recurrence}
              data={[
                { value: "", label: "Never" },
                { value: "FREQ=WEEKLY", label: "Every week" },
                { value: "FREQ=MONTHLY", label: "Every month" },
              ]}
            />
          )}
          <ErrorNote error={save.error} fields={fields} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {task ? "Save" : "Create task"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
