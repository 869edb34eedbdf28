import { Button, FileInput, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useUpload } from "@onswift/sdk/react";
import { type FormEvent, useState } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { UploadProgress } from "../parts/upload-progress.tsx";

/** Submits work for a task, or a new version of a deliverable. Files are sent with progress, and can be paused. */
export function SubmitWork({
  opened,
  onClose,
  projectId,
  taskId,
  revisionOf,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly projectId: string;
  readonly taskId: string;
  /** The deliverable that gets a new version. */
  readonly revisionOf?: { readonly id: string; readonly title: string };
}) {
  const goOn = useGoOn();
  const [files, setFiles] = useState<File[]>([]);
  const upload = useUpload(
    (onswift, work: { readonly title: string; readonly description: string }) =>
      revisionOf === undefined
        ? onswift.deliverables.submit({ ...work, projectId, taskId, files })
        : onswift.deliverables.resubmit(revisionOf.id, { ...work, files }),
    ["deliverables", "tasks", "analytics"],
    {
      onSuccess: ({ id }) => {
        setFiles([]);
        onClose();
        return goOn({ to: "/deliverables/$deliverableId", params: { deliverableId: id } });
      },
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    upload.mutate({
      title: String(form.get("title")),
      description: String(form.get("description")),
    });
  };
  const close = () => {
    setFiles([]);
    upload.reset();
    onClose();
  };
  const errors = fieldErrors(upload.error);
  const invalid: Readonly<Record<string, string>> = { ...errors, ...filesErrors(errors, files) };
  // Another one, such as that of a task that is assigned to another talent meanwhile, has no field here.
  const shown = Object.keys(errors).filter(
    (field) => fields.includes(field) || fileOf(field, files) !== undefined,
  );
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={revisionOf ? "Submit a new version" : "Submit work"}
      closeButtonProps={{ "aria-label": "Close" }}
      // An upload is ended with “Stop”: behind a closed dialog it would go on unseen.
      withCloseButton={!upload.isPending}
      closeOnEscape={!upload.isPending}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="title"
            label="Title"
            data-autofocus
            defaultValue={revisionOf?.title ?? ""}
            error={invalid.title}
          />
          <Textarea
            name="description"
            label="Description"
            description="Mention people of the project with @ and their name."
            autosize
            minRows={2}
            error={invalid.description}
          />
          <FileInput
            label="Files"
            placeholder="Choose one or more files"
            description="Up to 10. Videos up to 100 MB, other files up to 50 MB."
            multiple
            value={files}
            onChange={(chosen) => {
              setFiles(chosen);
              upload.reset();
            }}
            disabled={upload.isPending}
            error={invalid.files}
          />
          <ErrorNote error={upload.error} fields={shown} />
          <Group justify="flex-end">
            {!upload.isPending && (
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
            )}
            <Button type="submit" loading={upload.isPending}>
              Submit
            </Button>
          </Group>
          {/* Below: “Stop” must not come to be where the second click of a double click falls. */}
          <UploadProgress upload={upload} />
        </Stack>
      </form>
    </Modal>
  );
}

const fields: readonly string[] = ["title", "description", "files"];

/** The file that a field such as `files[0].fileSize` is about. */
function fileOf(field: string, files: readonly File[]): File | undefined {
  const index = /^files\[(\d+)\]/.exec(field)?.[1];
  return index === undefined ? undefined : files[Number(index)];
}

/** The errors of single files (`files[0].fileSize`) as one of the field, with the names of the files. */
function filesErrors(
  errors: Readonly<Record<string, string>>,
  files: readonly File[],
): Readonly<Record<string, string>> {
  const lines = Object.entries(errors).flatMap(([field, message]) => {
    const file = fileOf(field, files);
    if (file === undefined) return [];
    return [message.includes(file.name) ? message : `${file.name}: ${message}`];
  });
  return lines.length === 0 ? {} : { files: lines.join(" ") };
}
