import type { Availability, DeliverableStatus, Status, TalentFilter } from "@onswift/sdk";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ErrorScreen } from "../parts/errors.tsx";
import { PartNotLoaded } from "../parts/lazy-part.tsx";
import { currentSession } from "./onswift.ts";

/** Every address of the app. A screen's code is loaded when it is first opened, or pointed at. */
const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <ErrorScreen title="Not found" error={new Error("There is no page at this address.")} />
  ),
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    const session = currentSession();
    if (session === null) throw redirect({ to: "/sign-in" });
    throw redirect({ to: session.user.userType === "creator" ? "/projects" : "/work" });
  },
});

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const number = (value: unknown): number | undefined => {
  const parsed = typeof value === "number" ? value : Number.parseFloat(String(value));
  return Number.isFinite(parsed) ? parsed : undefined;
};

/** Only paths of this app: a link must not lead a person who signs in to another site. */
const nextPath = (value: unknown): string | undefined =>
  typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;

/** Where a page leads a person with this search, who is signed in. */
const nextOf = (search: Record<string, unknown>): { next?: string | undefined } => ({
  next: nextPath(search.next),
});

const onlySignedOut = () => {
  if (currentSession() !== null) throw redirect({ to: "/" });
};

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: nextOf,
  beforeLoad: ({ search }) => {
    if (currentSession() !== null) throw redirect({ href: search.next ?? "/" });
  },
  component: lazyRouteComponent(() => import("../screens/sign-in.tsx"), "SignIn"),
});

const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  validateSearch: nextOf,
  beforeLoad: ({ search }) => {
    const session = currentSession();
    if (session === null) throw redirect({ to: "/sign-in", search });
    if (!session.mfaRequired) throw redirect({ href: search.next ?? "/" });
  },
  component: lazyRouteComponent(() => import("../screens/second-factor.tsx"), "SecondFactor"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  beforeLoad: onlySignedOut,
  component: lazyRouteComponent(() => import("../screens/sign-up.tsx"), "SignUp"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("../screens/forgot-password.tsx"), "ForgotPassword"),
});

const token = (search: Record<string, unknown>): { token?: string | undefined } => ({
  // The router parses digits as a number.
  token: search.token === undefined ? undefined : String(search.token),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  validateSearch: token,
  component: lazyRouteComponent(() => import("../screens/reset-password.tsx"), "ResetPassword"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  validateSearch: token,
  component: lazyRouteComponent(() => import("../screens/verify-email.tsx"), "VerifyEmail"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: ({ location }) => {
    const session = currentSession();
    const search = { next: nextPath(location.href) };
    if (session === null) throw redirect({ to: "/sign-in", search });
    if (session.mfaRequired) throw redirect({ to: "/second-factor", search });
  },
  component: lazyRouteComponent(() => import("./shell.tsx"), "Shell"),
});

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects",
  validateSearch: (
    search: Record<string, unknown>,
  ): { status?: Status | undefined; page?: number | undefined } => ({
    status: text(search.status) as Status | undefined,
    page: number(search.page),
  }),
  component: lazyRouteComponent(() => import("../screens/projects.tsx"), "Projects"),
});

export type ProjectTab = "board" | "team" | "samples" | "deliverables";
const tabs: readonly string[] = ["team", "samples", "deliverables"];

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects/$projectId",
  validateSearch: (search: Record<string, unknown>): { tab?: ProjectTab | undefined } => ({
    tab: tabs.includes(String(search.tab)) ? (search.tab as ProjectTab) : undefined,
  }),
  component: lazyRouteComponent(() => import("../screens/project.tsx"), "Project"),
});

const task = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects/$projectId/tasks/$taskId",
  component: lazyRouteComponent(() => import("../screens/task.tsx"), "TaskPage"),
});

const talents = createRoute({
  getParentRoute: () => signedIn,
  path: "/talents",
  validateSearch: (search: Record<string, unknown>): TalentFilter => ({
    q: text(search.q === undefined ? undefined : String(search.q)),
    skills: Array.isArray(search.skills) ? search.skills.map(String) : undefined,
    minRate: number(search.minRate),
    maxRate: number(search.maxRate),
    minRating: number(search.minRating),
    availability: text(search.availability) as Availability | undefined,
    sort: text(search.sort) as TalentFilter["sort"],
    page: number(search.page),
  }),
  component: lazyRouteComponent(() => import("../screens/talents.tsx"), "Talents"),
});

const talent = createRoute({
  getParentRoute: () => signedIn,
  path: "/talents/$talentId",
  component: lazyRouteComponent(() => import("../screens/talent.tsx"), "Talent"),
});

const deliverables = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliverables",
  validateSearch: (
    search: Record<string, unknown>,
  ): { status?: DeliverableStatus | undefined; page?: number | undefined } => ({
    status: text(search.status) as DeliverableStatus | undefined,
    page: number(search.page),
  }),
  component: lazyRouteComponent(() => import("../screens/deliverables.tsx"), "Deliverables"),
});

const deliverable = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliverables/$deliverableId",
  component: lazyRouteComponent(() => import("../screens/deliverable.tsx"), "Deliverable"),
});

const work = createRoute({
  getParentRoute: () => signedIn,
  path: "/work",
  component: lazyRouteComponent(() => import("../screens/work.tsx"), "Work"),
});

const conversations = createRoute({
  getParentRoute: () => signedIn,
  path: "/conversations",
  component: lazyRouteComponent(() => import("../screens/conversations.tsx"), "Conversations"),
});

const noConversation = createRoute({
  getParentRoute: () => conversations,
  path: "/",
  component: lazyRouteComponent(() => import("../screens/conversations.tsx"), "NoConversation"),
});

const conversation = createRoute({
  getParentRoute: () => conversations,
  path: "$conversationId",
  component: lazyRouteComponent(() => import("../screens/conversation.tsx"), "Conversation"),
});

const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: "/notifications",
  component: lazyRouteComponent(() => import("../screens/notifications.tsx"), "Notifications"),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: "/calendar",
  component: lazyRouteComponent(() => import("../screens/calendar.tsx"), "Calendar"),
});

const analytics = createRoute({
  getParentRoute: () => signedIn,
  path: "/analytics",
  component: lazyRouteComponent(() => import("../screens/analytics.tsx"), "Analytics"),
});

const profile = createRoute({
  getParentRoute: () => signedIn,
  path: "/profile",
  component: lazyRouteComponent(() => import("../screens/profile.tsx"), "Profile"),
});

// Mails about a review lead here. The only reviews that a talent gets are on their own profile.
const review = createRoute({
  getParentRoute: () => signedIn,
  path: "/reviews/$reviewId",
  beforeLoad: () => {
    const self = currentSession()?.user.id;
    if (self !== undefined)
      throw redirect({ to: "/talents/$talentId", params: { talentId: self } });
  },
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyRouteComponent(() => import("../screens/account.tsx"), "Account"),
});

const tree = root.addChildren([
  start,
  signIn,
  secondFactor,
  signUp,
  forgotPassword,
  resetPassword,
  verifyEmail,
  signedIn.addChildren([
    projects,
    project,
    task,
    talents,
    talent,
    deliverables,
    deliverable,
    work,
    conversations.addChildren([noConversation, conversation]),
    notifications,
    calendar,
    analytics,
    profile,
    review,
    account,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => (
    <ErrorScreen
      error={error}
      onRetry={error instanceof PartNotLoaded ? () => location.reload() : reset}
    />
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
