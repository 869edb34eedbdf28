import { Stack } from "@mantine/core";
import { type ReactNode, useLayoutEffect } from "react";

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

/** What a dialog needs of its action. */
export interface DialogAction {
  readonly error: unknown;
  readonly isPending: boolean;
  readonly reset: () => void;
}

/** Forgets how the last use of a dialog ended when it is opened again. Called in what is inside the dialog. */
export function useFresh({ isPending, reset }: DialogAction): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useLayoutEffect(() => {
    if (!isPending) reset();
  }, []);
}
