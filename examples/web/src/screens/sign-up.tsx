import {
  Anchor,
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Text,
  TextInput,
} from "@mantine/core";
import type { SignUp as NewAccount, UserType } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Entry } from "./entry.tsx";

export function SignUp() {
  const router = useRouter();
  const [userType, setUserType] = useState<UserType>("creator");
  const signUp = useAction((onswift, account: NewAccount) => onswift.auth.signUp(account), [], {
    onSuccess: () => router.navigate({ to: userType === "creator" ? "/projects" : "/profile" }),
  });
  const submit = (value: Values) => {
    const companyName = value("companyName").trim();
    signUp.mutate({
      name: value("name"),
      email: value("email"),
      password: value("password"),
      userType,
      ...(companyName === "" ? {} : { companyName }),
    });
  };
  const invalid = fieldErrors(signUp.error);
  return (
    <Entry title="Create an account" note="Creators hire and review. Talents deliver.">
      <Form onSubmit={submit}>
        <div>
          <Text size="sm" fw={500} mb={4} id="role">
            I am a
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="role"
            value={userType}
            onChange={(value) => setUserType(value as UserType)}
            data={[
              { value: "creator", label: "Creator" },
              { value: "talent", label: "Talent" },
            ]}
          />
        </div>
        <TextInput name="name" label="Name" autoComplete="name" error={invalid.name} />
        {userType === "creator" && (
          <TextInput
            name="companyName"
            label="Company (optional)"
            autoComplete="organization"
            error={invalid.companyName}
          />
        )}
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
          description="At least 8 characters, with upper and lower case letters, a digit and a symbol."
          autoComplete="new-password"
          error={invalid.password}
        />
        <ErrorNote error={signUp.error} fields={["name", "companyName", "email", "password"]} />
        <Button type="submit" loading={signUp.isPending} fullWidth mt={4}>
          Create account
        </Button>
        <Group justify="center" gap={6}>
          <Text size="sm" c="dimmed">
            Already registered?
          </Text>
          <Anchor component={Link} to="/sign-in" size="sm">
            Sign in
          </Anchor>
        </Group>
      </Form>
    </Entry>
  );
}
