import { Anchor, Button, PasswordInput, Text } from "@mantine/core";
import { useAction } from "@onswift/sdk/react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Entry } from "./entry.tsx";

const route = getRouteApi("/reset-password");

export function ResetPassword() {
  const { token = "" } = route.useSearch();
  const reset = useAction(
    (onswift, newPassword: string) => onswift.auth.resetPassword({ token, newPassword }),
    [],
  );
  const submit = (value: Values) => {
    reset.mutate(value("password"));
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
      <Form onSubmit={submit}>
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
      </Form>
    </Entry>
  );
}
