import {
  Anchor,
  Button,
  Divider,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { type Credentials, isOnSwiftError } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { demo } from "../app/onswift.ts";
import { Person, State } from "../parts/bits.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Entry } from "./entry.tsx";

const route = getRouteApi("/sign-in");

export function SignIn() {
  const { next } = route.useSearch();
  const router = useRouter();
  const signIn = useAction(
    (onswift, credentials: Credentials) => onswift.auth.signIn(credentials),
    [],
    {
      // The page asks for a code first if the user has a second factor.
      onSuccess: () => router.navigate({ href: next ?? "/" }),
    },
  );
  const submit = (value: Values) => {
    signIn.mutate({ email: value("email"), password: value("password") });
  };
  const invalid = fieldErrors(signIn.error);
  return (
    <Entry title="Sign in">
      <Form onSubmit={submit}>
        <TextInput
          name="email"
          type="email"
          label="Email address"
          autoComplete="username"
          error={invalid.email}
        />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          error={invalid.password}
        />
        <ErrorNote error={refusal(signIn.error)} fields={["email", "password"]} />
        <Button type="submit" loading={signIn.isPending} fullWidth mt={4}>
          Sign in
        </Button>
        <Group justify="space-between">
          <Anchor component={Link} to="/forgot-password" size="sm">
            Forgot your password?
          </Anchor>
          <Anchor component={Link} to="/sign-up" size="sm">
            Create an account
          </Anchor>
        </Group>
      </Form>
      {demo && (
        <Stack gap="xs">
          <Divider label="Demo accounts of this computer" labelPosition="center" />
          {demo.people.map((persona) => (
            <Button
              key={persona.email}
              variant="default"
              h="auto"
              py={8}
              justify="flex-start"
              disabled={signIn.isPending}
              onClick={() =>
                signIn.mutate({ email: persona.email, password: demo?.password ?? "" })
              }
              styles={{ inner: { width: "100%" }, label: { width: "100%", textAlign: "left" } }}
            >
              <Group justify="space-between" w="100%" wrap="nowrap" className="persona">
                <Person user={{ name: persona.name, avatarUrl: null }} note={persona.note} />
                <State
                  label={persona.userType}
                  tone={persona.userType === "creator" ? "blue" : "green"}
                />
              </Group>
            </Button>
          ))}
          <Text size="xs" c="dimmed">
            One click signs you in. Open the other account in a private window to see both sides.
          </Text>
        </Stack>
      )}
    </Entry>
  );
}

/** The general sentence of the code would speak of a page. */
const refusal = (error: unknown) =>
  isOnSwiftError(error) && error.code === "FORBIDDEN"
    ? new Error("This account was deleted or suspended.")
    : error;
