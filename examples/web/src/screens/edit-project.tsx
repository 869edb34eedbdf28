import type { Project, ProjectPatch } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { FormDialog } from "./form-dialog.tsx";
import { ProjectFields } from "./new-project.tsx";

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
    ["projects", "tasks", "deliverables", "calendar", "analytics"],
    { onSuccess: onClose },
  );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title="Edit project"
      action={save}
      submit="Save"
      fields={["name", "description", "dueDate"]}
      onSubmit={(value) =>
        save.mutate({
          name: value("name"),
          description: value("description"),
          // A due date that has passed is valid as it is, but not as a change.
          ...(value("dueDate") === project.dueDate ? {} : { dueDate: value("dueDate") }),
        })
      }
    >
      <ProjectFields
        error={save.error}
        name={project.name}
        description={project.description}
        dueDate={project.dueDate}
      />
    </FormDialog>
  );
}
