import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote } from "./errors.tsx";
import { useFresh } from "./form.tsx";

/** Asks before something is deleted for good. */
export function ConfirmDelete<Output>({
  opened,
  onClose,
  title,
  action,
  children,
  confirm = "Delete",
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly action: UseMutationResult<Output, Error, void>;
  readonly children: ReactNode;
  readonly confirm?: string;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      // The error of a deletion that fails must be seen.
      closeOnEscape={!action.isPending}
      closeButtonProps={{ "aria-label": "Close", disabled: action.isPending }}
    >
      <Question onClose={onClose} action={action} confirm={confirm}>
        {children}
      </Question>
    </Modal>
  );
}

function Question<Output>({
  onClose,
  action,
  children,
  confirm,
}: {
  readonly onClose: () => void;
  readonly action: UseMutationResult<Output, Error, void>;
  readonly children: ReactNode;
  readonly confirm: string;
}) {
  useFresh(action);
  return (
    <Stack gap="md">
      <Text component="div">{children}</Text>
      <ErrorNote error={action.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} disabled={action.isPending} data-autofocus>
          Cancel
        </Button>
        <Button
          color="red.9"
          loading={action.isPending}
          onClick={() => action.mutate(undefined, { onSuccess: onClose })}
        >
          {confirm}
        </Button>
      </Group>
    </Stack>
  );
}
