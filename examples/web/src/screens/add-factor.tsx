import {
  Anchor,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  PasswordInput,
  Text,
  TextInput,
} from "@mantine/core";
import type { EnrolFactor, EnrolledFactor } from "@onswift/sdk";
import { useAction, useOnSwift, useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CodeField } from "../parts/code-field.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import "./add-factor.css";

/** Adds an authenticator app: its name, then the QR code to scan and a first code as proof. */
export function AddFactor({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const onswift = useOnSwift();
  const [enrolled, setEnrolled] = useState<EnrolledFactor>();
  const [mustConfirm, setMustConfirm] = useState(false);
  const wasLongAgo = useSignedInLongAgo();
  /** A factor without a first code is of no use. */
  const discard = () => {
    if (enrolled) void onswift.auth.mfa.unenroll({ factorId: enrolled.factorId });
  };
  const close = () => {
    setEnrolled(undefined);
    setMustConfirm(false);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={() => {
        discard();
        close();
      }}
      title="Add an authenticator app"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {enrolled === undefined ? (
        <Start askPassword={mustConfirm || wasLongAgo} onEnrolled={setEnrolled} />
      ) : (
        <Finish
          enrolled={enrolled}
          onDone={close}
          onUnconfirmed={() => {
            discard();
            setEnrolled(undefined);
            setMustConfirm(true);
          }}
        />
      )}
    </Modal>
  );
}

/** Whether the sign-in is too old to add a factor without the password, with a minute to spare. */
function useSignedInLongAgo(): boolean {
  const { data } = useQuery(useOnSwiftQueries().auth.sessions());
  const current = data?.sessions.find((one) => one.current);
  return current !== undefined && Date.now() - Date.parse(current.createdAt) > 14 * 60_000;
}

function Start({
  askPassword,
  onEnrolled,
}: {
  readonly askPassword: boolean;
  readonly onEnrolled: (factor: EnrolledFactor) => void;
}) {
  const enroll = useAction((onswift, factor: EnrolFactor) => onswift.auth.mfa.enroll(factor), [], {
    onSuccess: onEnrolled,
  });
  const submit = (value: Values) =>
    enroll.mutate({
      friendlyName: value("friendlyName") || undefined,
      issuer: "OnSwift",
      password: askPassword ? value("password") : undefined,
    });
  const invalid = fieldErrors(enroll.error);
  return (
    <Form onSubmit={submit}>
      <Text size="sm">
        With an authenticator app, a sign-in needs your password and a code of your phone. Your
        other sessions end.
      </Text>
      <TextInput
        name="friendlyName"
        label="Name (optional)"
        placeholder="Phone"
        data-autofocus
        error={invalid.friendlyName}
      />
      {askPassword && (
        <PasswordInput
          name="password"
          label="Password"
          description="You signed in some time ago, so please confirm that it is you."
          autoComplete="current-password"
          error={invalid.password}
        />
      )}
      <ErrorNote error={enroll.error} fields={["friendlyName", "password"]} />
      <Group justify="flex-end">
        <Button type="submit" loading={enroll.isPending}>
          Continue
        </Button>
      </Group>
    </Form>
  );
}

function Finish({
  enrolled: { factorId, qrCode, secret, uri },
  onDone,
  onUnconfirmed,
}: {
  readonly enrolled: EnrolledFactor;
  readonly onDone: () => void;
  readonly onUnconfirmed: () => void;
}) {
  const verify = useAction(
    (onswift, code: string) => onswift.auth.mfa.challengeAndVerify({ factorId, code }),
    ["auth"],
    {
      onSuccess: onDone,
      // The sign-in has become too old meanwhile.
      onError: ({ code }) => code === "FORBIDDEN" && onUnconfirmed(),
    },
  );
  return (
    <Form onSubmit={(value) => verify.mutate(value("code").replace(/\s/g, ""))}>
      <Text size="sm">Scan this image with your authenticator app.</Text>
      <img src={qrCode} alt="QR code of the secret below" className="qr" />
      <Text size="sm">
        On this device,{" "}
        <Anchor href={uri} underline="always">
          open your app
        </Anchor>
        . Or type this secret into it:
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Code className="secret">{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <CodeField error={verify.error} />
      <ErrorNote error={verify.error} fields={["code"]} />
      <Group justify="flex-end">
        <Button type="submit" loading={verify.isPending}>
          Add the app
        </Button>
      </Group>
    </Form>
  );
}
