import {
  Anchor,
  Button,
  FileInput,
  Group,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { NewSample, Project, Sample } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Empty } from "../parts/bits.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import type { Values } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { formatDay, formatSize } from "../parts/words.ts";
import { FormDialog } from "./form-dialog.tsx";

export function Samples({
  project,
  isOwner,
}: {
  readonly project: Project;
  readonly isOwner: boolean;
}) {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.samples.list(project.id, { limit: 50 }));
  const [isAdding, adding] = useDisclosure();
  const remove = useAction(
    (onswift, sampleId: string) => onswift.samples.delete(project.id, sampleId),
    ["samples"],
  );
  const download = useAction((onswift, fileId: string) => onswift.files.downloadUrl(fileId), [], {
    onSuccess: ({ downloadUrl }) => window.open(downloadUrl, "_blank", "noopener"),
  });
  return (
    <Stack gap="sm">
      <ErrorNote error={remove.error ?? download.error} />
      {isOwner && (
        <Group>
          <Button
            size="sm"
            variant="light"
            leftSection={<Icon name="plus" size={16} />}
            onClick={adding.open}
          >
            Add a sample
          </Button>
        </Group>
      )}
      <Loaded query={query} skeleton={<Rows count={2} />}>
        {({ samples }) =>
          samples.length === 0 ? (
            <Empty icon="link" title="No samples yet">
              Links and files that show the team what you have in mind.
            </Empty>
          ) : (
            samples.map((sample) => (
              <Group key={sample.id} className="card" p="sm" justify="space-between" wrap="nowrap">
                <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
                  <Icon name={sample.type} />
                  <div style={{ minWidth: 0 }}>
                    <Name sample={sample} onDownload={(id) => download.mutate(id)} />
                    <Text size="xs" c="dimmed">
                      {[
                        sample.description,
                        sample.file && formatSize(sample.file.fileSize),
                        formatDay(sample.createdAt),
                      ]
                        .filter((part) => part !== null && part !== "")
                        .join(" · ")}
                    </Text>
                  </div>
                </Group>
                {isOwner && (
                  <Button
                    size="xs"
                    variant="default"
                    loading={remove.isPending && remove.variables === sample.id}
                    onClick={() => remove.mutate(sample.id)}
                  >
                    Delete<span className="sr"> {sample.name}</span>
                  </Button>
                )}
              </Group>
            ))
          )
        }
      </Loaded>
      <AddSample projectId={project.id} opened={isAdding} onClose={adding.close} />
    </Stack>
  );
}

function Name({
  sample,
  onDownload,
}: {
  readonly sample: Sample;
  readonly onDownload: (fileId: string) => void;
}) {
  if (sample.file) {
    const { id } = sample.file;
    return (
      <Anchor component="button" type="button" size="sm" fw={600} onClick={() => onDownload(id)}>
        {sample.name}
      </Anchor>
    );
  }
  return (
    <Anchor href={sample.url ?? "#"} target="_blank" rel="noopener noreferrer" size="sm" fw={600}>
      {sample.name}
    </Anchor>
  );
}

function AddSample({
  projectId,
  opened,
  onClose,
}: {
  readonly projectId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const [type, setType] = useState<NewSample["type"]>("link");
  const [file, setFile] = useState<File | null>(null);
  const [isMissing, setMissing] = useState(false);
  const close = () => {
    setFile(null);
    setMissing(false);
    onClose();
  };
  const add = useAction(
    (onswift, sample: NewSample) => onswift.samples.add(projectId, sample),
    ["samples"],
    { onSuccess: close },
  );
  const submit = (value: Values) => {
    const name = value("name");
    const description = value("description") || null;
    if (type === "link") add.mutate({ type, name, description, url: value("url") });
    else if (file !== null) add.mutate({ type, name: name || file.name, description, file });
    else setMissing(true);
  };
  const invalid = fieldErrors(add.error);
  return (
    <FormDialog
      opened={opened}
      onClose={close}
      title="Add a sample"
      action={add}
      submit="Add"
      fields={["name", "url", "file", "description"]}
      onSubmit={submit}
    >
      <SegmentedControl
        aria-label="Kind of sample"
        value={type}
        onChange={(value) => setType(value as NewSample["type"])}
        data={[
          { value: "link", label: "Link" },
          { value: "file", label: "File" },
        ]}
      />
      <TextInput name="name" label="Name" error={invalid.name} />
      {type === "link" ? (
        <TextInput
          name="url"
          type="url"
          label="Address"
          placeholder="https://…"
          error={invalid.url}
        />
      ) : (
        <FileInput
          label="File"
          placeholder="Choose a file"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            setMissing(false);
          }}
          error={isMissing ? "Choose a file." : invalid.file}
        />
      )}
      <TextInput name="description" label="Description (optional)" error={invalid.description} />
    </FormDialog>
  );
}
