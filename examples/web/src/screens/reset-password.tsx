import { Anchor, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useAction } from "@onswift/sdk/react";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Entry } from "./entry.tsx";

const route = getRouteApi("/reset-password");

export function ResetPassword() {
  const { token = "" } = route.useSearch();
  const reset = useAction(
    (onswift, newPassword: string) => onswift.auth.resetPassword({ token, newPassword }),
    [],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    reset.mutate(String(new FormData(event.currentTarget).get("password")));
  };
  if (reset.isSuccess) {
    return (
      <Entry title="Password changed">
        <Text role="status">You can now sign in with the new password.</Text>
        <Button component={Link} to="/sign-in">
          Sign in
        </Button>
      </Entry>
    );
  }
  return (
    <Entry title="Choose a new password">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <PasswordInput
            name="password"
            label="New password"
            description="At least 8 characters, with upper and lower case letters, a digit and a symbol."
            autoComplete="new-password"
            error={fieldErrors(reset.error).newPassword}
          />
          <ErrorNote error={reset.error} fields={["newPassword"]} />
          <Button type="submit" loading={reset.isPending} fullWidth>
            Change password
          </Button>
          <Anchor component={Link} to="/forgot-password" size="sm">
            Request a new link
          </Anchor>
        </Stack>
      </form>
    </Entry>
  );
}
