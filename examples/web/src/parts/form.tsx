import { Stack } from "@mantine/core";
import type { ReactNode } from "react";

/** A form whose fields have names. Its rules are those of the backend, so the browser checks nothing. */
export function Form({
  onSubmit,
  children,
  maw,
}: {
  readonly onSubmit: (values: Values) => void;
  readonly maw?: number;
  readonly children: ReactNode;
}) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        onSubmit((name) => String(data.get(name) ?? ""));
      }}
    >
      <Stack gap="sm" maw={maw}>
        {children}
      </Stack>
    </form>
  );
}

/** The text of a field by its name; empty for a field that is not there. */
export type Values = (name: string) => string;
