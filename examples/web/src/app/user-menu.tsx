import { Menu, UnstyledButton } from "@mantine/core";
import type { Me } from "@onswift/sdk";
import { useAction } from "@onswift/sdk/react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "../parts/icons.tsx";

/** The menu of the account. It is loaded by the first press of its button, whose place it takes, and opens at once. */
export function UserMenu({
  me,
  children,
}: {
  readonly me: Me | undefined;
  readonly children: ReactNode;
}) {
  const navigate = useNavigate();
  const signOut = useAction((onswift) => onswift.auth.signOut(), []);
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The focus was on the button before, and returns to this one when the menu closes.
    button.current?.focus();
    setOpen(true);
  }, []);
  return (
    <Menu position="bottom-end" width={220} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <UnstyledButton ref={button}>
          <span className="sr">Account of {me?.name ?? ""}</span>
          {children}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me?.name} · {me?.userType}
        </Menu.Label>
        <Menu.Item
          leftSection={<Icon name="person" size={16} />}
          onClick={() => navigate({ to: "/profile" })}
        >
          Profile
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="settings" size={16} />}
          onClick={() => navigate({ to: "/account" })}
        >
          Account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="exit" size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
