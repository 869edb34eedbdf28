import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { Project, Task } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { fieldErrors } from "../parts/errors.tsx";
import { dayFromToday } from "../parts/words.ts";
import { FormDialog } from "./form-dialog.tsx";

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
  const assignee = task?.assignee?.id ?? "";
  const save = useAction(
    (onswift, { recurrence, ...rest }: Fields) => {
      const repeated = recurrence === "" ? {} : { recurrence };
      if (task === undefined) return onswift.tasks.create(project.id, { ...rest, ...repeated });
      const { dueDate, assigneeId, ...others } = rest;
      return onswift.tasks.update(project.id, task.id, {
        ...others,
        // A day that has passed, and a missing assignee, are valid as they are, but not as changes.
        ...(dueDate === task.dueDate ? {} : { dueDate }),
        ...(assigneeId === assignee ? {} : { assigneeId }),
      });
    },
    ["tasks", "projects", "deliverables", "calendar", "analytics"],
    { onSuccess: onClose },
  );
  const invalid = fieldErrors(save.error);
  const noTeam = project.teamMembers.length === 0 ? "Add a talent to the team first." : undefined;
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={task ? "Edit task" : "New task"}
      action={save}
      submit={task ? "Save" : "Create task"}
      fields={fields}
      onSubmit={(value) =>
        save.mutate(Object.fromEntries(fields.map((name) => [name, value(name)])) as Fields)
      }
    >
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
        description={invalid.assigneeId ? null : noTeam}
        defaultValue={assignee}
        error={invalid.assigneeId && (noTeam ?? invalid.assigneeId)}
        data={[
          // Otherwise the field would show, and save, the first of the team.
          ...(task && assignee === "" ? [{ value: "", label: "Not assigned" }] : []),
          ...project.teamMembers.map(({ id, name }) => ({ value: id, label: name })),
        ]}
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
    </FormDialog>
  );
}
