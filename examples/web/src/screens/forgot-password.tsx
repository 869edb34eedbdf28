import { Anchor, Button, Text, TextInput } from "@mantine/core";
import { useAction } from "@onswift/sdk/react";
import { Link } from "@tanstack/react-router";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Entry } from "./entry.tsx";

export function ForgotPassword() {
  const request = useAction((onswift, email: string) => onswift.auth.forgotPassword({ email }), []);
  const submit = (value: Values) => {
    request.mutate(value("email"));
  };
  if (request.isSuccess) {
    return (
      <Entry title="Check your mail">
        {/* The same words for every address: this page must not reveal who has an account. */}
        <Text role="status">
          If {request.variables} has an account, a link to choose a new password is on its way.
        </Text>
        <Anchor component={Link} to="/sign-in" size="sm">
          Back to sign-in
        </Anchor>
      </Entry>
    );
  }
  return (
    <Entry title="Forgot your password?" note="We send you a link to choose a new one.">
      <Form onSubmit={submit}>
        <TextInput
          name="email"
          type="email"
          label="Email address"
          autoComplete="username"
          error={fieldErrors(request.error).email}
        />
        <ErrorNote error={request.error} fields={["email"]} />
        <Button type="submit" loading={request.isPending} fullWidth>
          Send the link
        </Button>
        <Anchor component={Link} to="/sign-in" size="sm">
          Back to sign-in
        </Anchor>
      </Form>
    </Entry>
  );
}
