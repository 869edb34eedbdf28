import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorNote } from "../parts/errors.tsx";
import { type DialogAction, Form, useFresh, type Values } from "../parts/form.tsx";

interface FormProps {
  readonly onClose: () => void;
  readonly onSubmit: (values: Values) => void;
  readonly action: DialogAction;
  /** The fields that show their own errors. */
  readonly fields: readonly string[];
  /** The words of the button. */
  readonly submit: string;
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}

/** A dialog with a form for one action. */
export function FormDialog({
  opened,
  title,
  ...form
}: FormProps & { readonly opened: boolean; readonly title: string }) {
  return (
    <Dialog opened={opened} onClose={form.onClose} title={title} isBusy={form.action.isPending}>
      <DialogForm {...form} />
    </Dialog>
  );
}

/** While it is busy it stays open: what was typed would be gone if the action fails, and the error unseen. */
export function Dialog({
  opened,
  onClose,
  title,
  isBusy,
  children,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly isBusy: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeOnEscape={!isBusy}
      closeButtonProps={{ "aria-label": "Close", disabled: isBusy }}
    >
      {children}
    </Modal>
  );
}

/** The form of a dialog that first loads something. */
export function DialogForm({
  onClose,
  onSubmit,
  action,
  fields,
  submit,
  isDanger = false,
  children,
}: FormProps) {
  useFresh(action);
  return (
    <Form onSubmit={onSubmit}>
      {children}
      <ErrorNote error={action.error} fields={fields} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} disabled={action.isPending}>
          Cancel
        </Button>
        <Button type="submit" loading={action.isPending} {...(isDanger && { color: "red.9" })}>
          {submit}
        </Button>
      </Group>
    </Form>
  );
}
