import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useLiveUpdates } from "../data/live.ts";
import * as queries from "../data/queries.ts";
import { useAction } from "../data/use-action.ts";
import { Face } from "../parts/bits.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { ReconnectBanner } from "../parts/reconnect.tsx";
import { onswift, useSession } from "./onswift.ts";

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly count?: number | undefined;
}

/** The frame of all screens of a signed-in user. */
export function Shell() {
  useLiveUpdates();
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a phone closes with every new page
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 236, breakpoint: "sm", collapsed: { mobile: !open } }}
      padding={{ base: "md", sm: "xl" }}
      transitionDuration={0}
    >
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <AppShell.Header px="md" style={{ background: "var(--card)" }}>
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={open}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={open}
            />
            <Brand />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeToggle />
            <Bell />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" style={{ background: "var(--card)" }}>
        <nav aria-label="Main">
          <Places path={path} />
        </nav>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <div style={{ maxWidth: 1180, marginInline: "auto" }}>
          <Outlet />
        </div>
      </AppShell.Main>
      <ReconnectBanner />
    </AppShell>
  );
}

export function Brand() {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/icon.svg" width={28} height={28} alt="" />
      <Text fw={700} size="lg">
        OnSwift
      </Text>
    </Group>
  );
}

function Places({ path }: { readonly path: string }) {
  const session = useSession();
  const { data: conversations } = useQuery(queries.conversations());
  const unread = conversations?.conversations.reduce((sum, one) => sum + one.unreadCount, 0);
  const isCreator = session?.user.userType === "creator";
  const places: readonly Place[] = [
    ...(isCreator
      ? ([
          { to: "/projects", label: "Projects", icon: "projects" },
          { to: "/talents", label: "Find talents", icon: "search" },
        ] as const)
      : ([
          { to: "/work", label: "My work", icon: "work" },
          { to: "/projects", label: "Projects", icon: "projects" },
        ] as const)),
    { to: "/deliverables", label: "Deliverables", icon: "deliverables" },
    { to: "/conversations", label: "Messages", icon: "messages", count: unread },
    { to: "/calendar", label: "Calendar", icon: "calendar" },
    { to: "/analytics", label: "Analytics", icon: "chart" },
    { to: "/profile", label: "Profile", icon: "person" },
  ];
  return places.map(({ to, label, icon, count }) => (
    <Link
      key={to}
      to={to}
      className="nav-link"
      aria-current={path === to || path.startsWith(`${to}/`) ? "page" : undefined}
    >
      <Icon name={icon} />
      {label}
      {count !== undefined && count > 0 && (
        <span className="state" data-tone="blue" style={{ marginLeft: "auto" }}>
          {count}
          <span className="sr"> unread</span>
        </span>
      )}
    </Link>
  ));
}

export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={`Use the ${other} theme`}
      onClick={() => setColorScheme(other)}
    >
      <Icon name={other === "dark" ? "moon" : "sun"} />
    </ActionIcon>
  );
}

function Bell() {
  const { data } = useQuery(queries.notifications({ isRead: false, limit: 1 }));
  const count = data?.unreadCount ?? 0;
  return (
    <Link
      to="/notifications"
      className="bell"
      aria-label={count === 0 ? "Notifications" : `Notifications, ${count} unread`}
    >
      <Icon name="bell" />
      {count > 0 && <span className="dot">{count > 99 ? "99+" : count}</span>}
    </Link>
  );
}

function UserMenu() {
  const { data: me } = useQuery(queries.me());
  const navigate = useNavigate();
  const signOut = useAction(() => onswift.auth.signOut().orThrow(), []);
  const name = me?.name ?? "";
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton>
          <span className="sr">Account of {name}</span>
          <Face user={{ name, avatarUrl: me?.avatarUrl ?? null }} size={34} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {me?.userType}
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
