import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import type { RunningUpload } from "../data/use-upload.ts";
import { formatSize } from "./words.ts";

export function UploadProgress({ upload }: { readonly upload: RunningUpload }) {
  if (!upload.isRunning) return null;
  const { loaded, total, isPaused } = upload;
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
