import { TextInput } from "@mantine/core";
import { fieldErrors } from "./errors.tsx";

/** The six digits of an authenticator app. Phones and password managers can fill them in. */
export function CodeField({ error }: { readonly error: unknown }) {
  return (
    <TextInput
      name="code"
      label="Code"
      inputMode="numeric"
      autoComplete="one-time-code"
      // Some apps show the code in two groups.
      maxLength={7}
      placeholder="123456"
      // It is what the screen, or the step of a dialog, is for.
      autoFocus
      error={fieldErrors(error).code}
    />
  );
}
