import { Button, Group, Text } from "@mantine/core";
import type { StoredFile } from "@onswift/sdk";
import { useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "./errors.tsx";
import { Icon } from "./icons.tsx";
import { formatSize } from "./words.ts";

const scanWords = {
  pending: "Being checked for malware …",
  infected: "The check found malware. This file cannot be opened.",
  failed: "The check failed. Upload the file again.",
} as const;

/** A file of a deliverable: images and videos are shown, all can be downloaded once their scan is clean. */
export function FilePreview({ file }: { readonly file: StoredFile }) {
  const queries = useOnSwiftQueries();
  const isClean = file.scanStatus === "clean";
  const kind = file.mimeType.split("/")[0];
  const { data, error, refetch } = useQuery({
    ...queries.files.downloadUrl(file.id),
    enabled: isClean,
  });
  const isShown = kind === "image" || kind === "video";
  return (
    <div>
      {isShown && (
        <div className="preview">
          {data && kind === "image" && <img src={data.downloadUrl} alt={file.fileName} />}
          {data && kind === "video" && (
            // biome-ignore lint/a11y/useMediaCaption: the work of users comes without captions
            <video src={data.downloadUrl} controls preload="metadata" aria-label={file.fileName} />
          )}
        </div>
      )}
      <ErrorNote error={error} onRetry={() => void refetch()} />
      <Group justify="space-between" mt={6} wrap="nowrap" mih={30}>
        <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
          <Icon name="file" size={16} />
          <Text size="sm" truncate>
            {file.fileName}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {formatSize(file.fileSize)}
          </Text>
        </Group>
        {file.scanStatus === "clean" ? (
          <Button
            component="a"
            href={data?.downloadUrl ?? "#"}
            target="_blank"
            rel="noopener"
            size="xs"
            variant="default"
            loading={data === undefined && error === null}
            disabled={error !== null}
          >
            Open<span className="sr"> {file.fileName}</span>
          </Button>
        ) : (
          <Text size="xs" c="dimmed" role="status">
            {scanWords[file.scanStatus]}
          </Text>
        )}
      </Group>
    </div>
  );
}
