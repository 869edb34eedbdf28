import { Button, Checkbox, Group, PasswordInput, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DeleteAccount } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { FormDialog } from "./form-dialog.tsx";

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
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title="Delete your account?"
      action={deletion}
      submit="Delete my account"
      isDanger
      fields={["password"]}
      onSubmit={(value) =>
        deletion.mutate({
          password: value("password"),
          ...(value("force") === "" ? {} : { force: true }),
        })
      }
    >
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
    </FormDialog>
  );
}
