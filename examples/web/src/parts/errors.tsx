import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { isOnSwiftError } from "@onswift/sdk";
import { onswift } from "../app/onswift.ts";

/** What a person can do about an error, by its code. Other codes have a sentence from the backend. */
const advice: Readonly<Record<string, string>> = {
  NETWORK: "OnSwift cannot be reached. Check your connection.",
  TIMEOUT: "OnSwift took too long to answer. Try again.",
  SESSION_EXPIRED: "Your session has ended. Sign in again.",
  NOT_AUTHENTICATED: "Sign in to see this.",
  SESSION_REVOKED: "This session was ended from another device. Sign in again.",
  MFA_REQUIRED: "Enter a code of your authenticator app first.",
  INVALID_CREDENTIALS: "The email address or the password is wrong.",
  CREATOR_ONLY: "Only creators can do this.",
  TALENT_ONLY: "Only talents can do this.",
  FORBIDDEN: "You do not have access to this.",
  NOT_FOUND: "This does not exist, or it was deleted.",
};

export function messageOf(error: unknown): string {
  if (!isOnSwiftError(error)) return error instanceof Error ? error.message : String(error);
  const wait = error.retryAfter === null ? "" : ` Try again in ${error.retryAfter} seconds.`;
  return (advice[error.code] ?? error.message) + wait;
}

/** The invalid fields of a form, each with its message. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!isOnSwiftError(error)) return {};
  return Object.fromEntries((error.details ?? []).map(({ field, message }) => [field, message]));
}

/** An error inside a form or a card. Errors that belong to shown fields are left to those. */
export function ErrorNote({
  error,
  fields = [],
  onRetry,
}: {
  readonly error: unknown;
  readonly fields?: readonly string[];
  readonly onRetry?: (() => void) | undefined;
}) {
  // The person has stopped it themselves.
  if (isOnSwiftError(error) && error.code === "ABORTED") return null;
  if (error === null || error === undefined) return null;
  const invalid = Object.entries(fieldErrors(error));
  const elsewhere = invalid.filter(([field]) => !fields.includes(field));
  if (invalid.length > 0 && elsewhere.length === 0) return null;
  const text =
    invalid.length === 0 ? messageOf(error) : elsewhere.map(([, message]) => message).join(" ");
  return (
    <Alert color="red" variant="outline" role="alert" className="error-note">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {text} <Code error={error} />
        </Text>
        <WayOut error={error} onRetry={onRetry} size="xs" />
      </Group>
    </Alert>
  );
}

/** Without its session, nothing else helps a page than to sign in. */
const endedCodes: readonly string[] = ["SESSION_EXPIRED", "SESSION_REVOKED", "NOT_AUTHENTICATED"];

/** The button of an error. */
function WayOut({
  error,
  onRetry,
  size,
}: {
  readonly error: unknown;
  readonly onRetry: (() => void) | undefined;
  readonly size: "xs" | "sm";
}) {
  if (isOnSwiftError(error) && endedCodes.includes(error.code))
    // The page then leads to the sign-in, and from there back to here.
    return (
      <Button size={size} onClick={() => void onswift.auth.signOut()}>
        Sign in
      </Button>
    );
  return (
    onRetry && (
      <Button size={size} variant={size === "xs" ? "default" : "filled"} onClick={onRetry}>
        Try again
      </Button>
    )
  );
}

/** The stable code, small: it is what a person quotes when asking for help. */
function Code({ error }: { readonly error: unknown }) {
  if (!isOnSwiftError(error)) return null;
  return (
    <Text span size="xs" c="dimmed">
      {error.code}
    </Text>
  );
}

const titles: Readonly<Record<string, string>> = {
  SESSION_REVOKED: "Signed out",
  SESSION_EXPIRED: "Signed out",
  FORBIDDEN: "No access",
  CREATOR_ONLY: "Only for creators",
  TALENT_ONLY: "Only for talents",
  NOT_FOUND: "Not found",
  NETWORK: "You are offline",
};

/** An address that leads nowhere. */
export function NotFound() {
  return <ErrorScreen title="Not found" error={new Error("There is no page at this address.")} />;
}

/** An error in place of a whole screen. */
export function ErrorScreen({
  error,
  title = "This did not work",
  onRetry,
}: {
  readonly error: unknown;
  /** The head for an error that has none of its own. */
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
}) {
  // The only input of a whole screen is its address.
  if (isOnSwiftError(error) && error.code === "VALIDATION_ERROR") return <NotFound />;
  const code = isOnSwiftError(error) ? error.code : "";
  return (
    <Stack align="center" py={80} gap="sm" role="alert">
      <Title order={1} size="h2">
        {titles[code] ?? title}
      </Title>
      <Text ta="center" maw={460}>
        {messageOf(error)}
      </Text>
      <Code error={error} />
      <Group>
        <WayOut error={error} onRetry={onRetry} size="sm" />
        <Button variant="default" component="a" href="/">
          Back to the start
        </Button>
      </Group>
    </Stack>
  );
}
