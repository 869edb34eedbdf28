import { Button, NativeSelect } from "@mantine/core";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { CodeField } from "../parts/code-field.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { Form, type Values } from "../parts/form.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Entry } from "./entry.tsx";

const route = getRouteApi("/second-factor");

/** The second half of a sign-in, for users with a second factor. */
export function SecondFactor() {
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.auth.factors());
  const [chosen, setChosen] = useState<string>();
  const verify = useAction(
    (onswift, code: { readonly factorId: string; readonly code: string }) =>
      onswift.auth.mfa.challengeAndVerify(code),
    ["auth"],
    { onSuccess: () => router.navigate({ href: next ?? "/", replace: true }) },
  );
  const signOut = useAction((onswift) => onswift.auth.signOut(), []);
  return (
    <Entry title="Enter your code" note="Your authenticator app shows a new one every 30 seconds.">
      <Loaded query={query} skeleton={<Rows count={2} height={60} />}>
        {({ factors }) => {
          const usable = factors.filter(({ status }) => status === "verified");
          const factorId = chosen ?? usable[0]?.id ?? "";
          const submit = (value: Values) => {
            const code = value("code").replace(/\s/g, "");
            verify.mutate({ factorId, code });
          };
          return (
            <Form onSubmit={submit}>
              {usable.length > 1 && (
                <NativeSelect
                  label="Authenticator app"
                  value={factorId}
                  onChange={(event) => setChosen(event.currentTarget.value)}
                  data={usable.map(({ id, friendlyName }) => ({
                    value: id,
                    label: friendlyName ?? "Without a name",
                  }))}
                />
              )}
              <CodeField error={verify.error} />
              <ErrorNote error={verify.error} fields={["code"]} />
              <Button type="submit" loading={verify.isPending} fullWidth>
                Continue
              </Button>
            </Form>
          );
        }}
      </Loaded>
      <Button
        variant="subtle"
        size="sm"
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        Sign in as another user
      </Button>
    </Entry>
  );
}
