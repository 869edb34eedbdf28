import { Button, Checkbox, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DeleteAccount } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import type { FormEvent } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";

/** The export of all data, and the end of the account. */
export function Leave() {
  const [isOpen, { open, close }] = useDisclosure();
  const download = useAction((onswift) => onswift.users.export(), [], {
    onSuccess: (all) => {
      const file = new Blob([JSON.stringify(all, null, 2)], { type: "application/json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "onswift-export.json";
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <>
      <ErrorNote error={download.error} />
      <Group>
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          Download my data
        </Button>
        <Button variant="default" c="var(--mantine-color-error)" onClick={open}>
          Delete my account
        </Button>
      </Group>
      <DeleteMe opened={isOpen} onClose={close} />
    </>
  );
}

function DeleteMe({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const deletion = useAction(
    (onswift, account: DeleteAccount) => onswift.users.delete(account),
    [],
  );
  const hasOpenWork = deletion.error?.code === "OPEN_DELIVERABLES";
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    deletion.mutate({
      password: String(form.get("password")),
      ...(form.get("force") === null ? {} : { force: true }),
    });
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Delete your account?"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">
            Your profile, projects and files are deleted. This cannot be undone. Download your data
            first if you want to keep it.
          </Text>
          <PasswordInput
            name="password"
            label="Password"
            autoComplete="current-password"
            data-autofocus
            error={fieldErrors(deletion.error).password}
          />
          {hasOpenWork && (
            <Checkbox name="force" label="Delete it together with the open deliverables" />
          )}
          <ErrorNote error={deletion.error} fields={["password"]} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red.9" loading={deletion.isPending}>
              Delete my account
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
