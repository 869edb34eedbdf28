import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Factor } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { formatDay } from "../parts/words.ts";
import { AddFactor } from "./add-factor.tsx";

/** The authenticator apps of the account. */
export function Factors() {
  const queries = useOnSwiftQueries();
  const query = useQuery(queries.auth.factors());
  const [isAdding, adding] = useDisclosure();
  return (
    <Loaded query={query}>
      {({ factors }) => {
        const added = factors.filter(({ status }) => status === "verified");
        return (
          <>
            {added.length === 0 && (
              <Text size="sm" c="dimmed">
                No authenticator app yet.
              </Text>
            )}
            {added.map((factor) => (
              <Row key={factor.id} factor={factor} isLast={added.length === 1} />
            ))}
            <Group>
              <Button variant="default" size="sm" onClick={adding.open}>
                Add an authenticator app
              </Button>
            </Group>
            <AddFactor opened={isAdding} onClose={adding.close} />
          </>
        );
      }}
    </Loaded>
  );
}

function Row({ factor, isLast }: { readonly factor: Factor; readonly isLast: boolean }) {
  const [isRemoving, removing] = useDisclosure();
  const removal = useAction(
    (onswift) => onswift.auth.mfa.unenroll({ factorId: factor.id }),
    ["auth"],
  );
  const name = factor.friendlyName ?? "Authenticator app";
  return (
    <Group justify="space-between">
      <div>
        <Text size="sm">{name}</Text>
        <Text size="xs" c="dimmed">
          Added {formatDay(factor.createdAt)}
        </Text>
      </div>
      <Button size="xs" variant="default" onClick={removing.open}>
        Remove<span className="sr"> {name}</span>
      </Button>
      <ConfirmDelete
        opened={isRemoving}
        onClose={removing.close}
        title={`Remove ${name}?`}
        action={removal}
        confirm="Remove"
      >
        {isLast
          ? "From then on, your password alone is enough to sign in."
          : "Its codes will no longer work."}
      </ConfirmDelete>
    </Group>
  );
}
