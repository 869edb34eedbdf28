import { Burger, Group, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMe, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { Face } from "../parts/bits.tsx";
import { Brand, SchemeToggle } from "../parts/header.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { lazyPart, useLazyPart } from "../parts/lazy-part.tsx";
import { ReconnectBanner } from "../parts/reconnect.tsx";
import "./shell.css";

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly count?: number | undefined;
}

/** The frame of all screens of a signed-in user. */
export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a phone closes with every new page
  useEffect(close, [path]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      {/* The dialogs' name for what must not move when they hide the scrollbar of the page. */}
      <header className="shell-header right-scroll-bar-position">
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
      </header>
      <nav className="shell-menu" data-open={open} aria-label="Main">
        <Places path={path} onOpen={close} />
      </nav>
      <main className="shell-main" id="main" tabIndex={-1}>
        <div>
          <Outlet />
        </div>
      </main>
      <ReconnectBanner />
    </>
  );
}

function Places({ path, onOpen }: { readonly path: string; readonly onOpen: () => void }) {
  const queries = useOnSwiftQueries();
  const session = useSession();
  const { data: conversations } = useQuery(queries.conversations.list({ limit: 50 }));
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
      onClick={onOpen}
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

function Bell() {
  const queries = useOnSwiftQueries();
  const { data } = useQuery({
    ...queries.notifications.list({ isRead: false, limit: 1 }),
    placeholderData: keepPreviousData,
  });
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

const userMenu = lazyPart(async () => (await import("./user-menu.tsx")).UserMenu);

function UserMenu() {
  const { data: me } = useMe();
  const name = me?.name ?? "";
  const [Menu, load, preload] = useLazyPart(userMenu);
  const face = <Face user={{ name, avatarUrl: me?.avatarUrl ?? null }} size={34} />;
  if (Menu) return <Menu me={me}>{face}</Menu>;
  return (
    <UnstyledButton
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={load}
      onFocus={preload}
      onPointerEnter={preload}
    >
      <span className="sr">Account of {name}</span>
      {face}
    </UnstyledButton>
  );
}
