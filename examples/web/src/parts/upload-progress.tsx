import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import type { Upload } from "@onswift/sdk/react";
import { formatSize } from "./words.ts";

export function UploadProgress<Input, Output>({
  upload,
}: {
  readonly upload: Upload<Input, Output>;
}) {
  if (!upload.isPending) return null;
  const { isPaused, progress } = upload;
  const { loaded = 0, total = 0 } = progress ?? {};
  const percent = total === 0 ? 0 : Math.round((loaded / total) * 100);
  return (
    <Stack gap={6}>
      <Progress value={percent} aria-label="Upload" animated={!isPaused} striped={!isPaused} />
      <Group justify="space-between">
        <Text size="xs" c="dimmed" role="status">
          {isPaused ? "Paused at" : "Sent"} {formatSize(loaded)} of {formatSize(total)} ({percent}{" "}
          %)
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={isPaused ? upload.resume : upload.pause}>
            {isPaused ? "Resume" : "Pause"}
          </Button>
          <Button size="xs" variant="default" onClick={upload.abort}>
            Stop
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
