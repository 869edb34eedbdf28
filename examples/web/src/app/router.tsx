import type { DeliverableStatus, Status, TalentFilter } from "@onswift/sdk";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ErrorScreen, NotFound } from "../parts/errors.tsx";
import { inWords, PartNotLoaded } from "../parts/lazy-part.tsx";
import { availabilities, deliverableStatuses, statuses, talentSorts } from "../parts/words.ts";
import { currentSession } from "./onswift.ts";

/**
 * A screen, whose code is loaded when it is first opened, or pointed at. The router loads the page again if a script is
 * gone, as after a new version. Without a network that would end on the browser's own page.
 */
function screen<Screens extends Record<string, unknown>, Name extends keyof Screens>(
  load: () => Promise<Screens>,
  name: Name,
) {
  const loadOnline = () =>
    load().catch((error) => {
      throw navigator.onLine ? error : new PartNotLoaded();
    });
  return lazyRouteComponent(loadOnline, name);
}

/** Every address of the app. */
const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
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

/** One of the values that a filter has. An address with another one shows the list without it. */
const oneOf = <Value extends string>(values: readonly Value[], value: unknown): Value | undefined =>
  values.find((one) => one === value);
const pageNumber = (value: unknown): number | undefined => {
  const page = number(value);
  return Number.isInteger(page) && page !== undefined && page > 0 && page < 1e9 ? page : undefined;
};

/** Only paths of this app: a link must not lead a person who signs in to another site. */
const nextPath = (value: unknown): string | undefined =>
  typeof value === "string" && /^\/(?![/\\])\S*$/.test(value) ? value : undefined;

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
  component: screen(() => import("../screens/sign-in.tsx"), "SignIn"),
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
  component: screen(() => import("../screens/second-factor.tsx"), "SecondFactor"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  beforeLoad: onlySignedOut,
  component: screen(() => import("../screens/sign-up.tsx"), "SignUp"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: screen(() => import("../screens/forgot-password.tsx"), "ForgotPassword"),
});

const token = (search: Record<string, unknown>): { token?: string | undefined } => ({
  // The router parses digits as a number.
  token: search.token === undefined ? undefined : String(search.token),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  validateSearch: token,
  component: screen(() => import("../screens/reset-password.tsx"), "ResetPassword"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  validateSearch: token,
  component: screen(() => import("../screens/verify-email.tsx"), "VerifyEmail"),
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
  component: screen(() => import("./shell.tsx"), "Shell"),
});

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects",
  validateSearch: (
    search: Record<string, unknown>,
  ): { status?: Status | undefined; page?: number | undefined } => ({
    status: oneOf(statuses, search.status),
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/projects.tsx"), "Projects"),
});

export type ProjectTab = "board" | "team" | "samples" | "deliverables";
const tabs: readonly string[] = ["team", "samples", "deliverables"];

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects/$projectId",
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: ProjectTab | undefined; page?: number | undefined } => ({
    tab: tabs.includes(String(search.tab)) ? (search.tab as ProjectTab) : undefined,
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/project.tsx"), "Project"),
});

const task = createRoute({
  getParentRoute: () => signedIn,
  path: "/projects/$projectId/tasks/$taskId",
  validateSearch: (search: Record<string, unknown>): { page?: number | undefined } => ({
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/task.tsx"), "TaskPage"),
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
    availability: oneOf(availabilities, search.availability),
    sort: oneOf(talentSorts, search.sort),
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/talents.tsx"), "Talents"),
});

const talent = createRoute({
  getParentRoute: () => signedIn,
  path: "/talents/$talentId",
  component: screen(() => import("../screens/talent.tsx"), "Talent"),
});

const deliverables = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliverables",
  validateSearch: (
    search: Record<string, unknown>,
  ): { status?: DeliverableStatus | undefined; page?: number | undefined } => ({
    status: oneOf(deliverableStatuses, search.status),
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/deliverables.tsx"), "Deliverables"),
});

const deliverable = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliverables/$deliverableId",
  component: screen(() => import("../screens/deliverable.tsx"), "Deliverable"),
});

export type WorkView = (typeof workViews)[number];
/** Beside all open tasks. */
const workViews = ["in-progress", "completed"] as const;

const work = createRoute({
  getParentRoute: () => signedIn,
  path: "/work",
  validateSearch: (search: Record<string, unknown>): { view?: WorkView | undefined } => ({
    view: oneOf(workViews, search.view),
  }),
  component: screen(() => import("../screens/work.tsx"), "Work"),
});

const conversations = createRoute({
  getParentRoute: () => signedIn,
  path: "/conversations",
  component: screen(() => import("../screens/conversations.tsx"), "Conversations"),
});

const noConversation = createRoute({
  getParentRoute: () => conversations,
  path: "/",
  component: screen(() => import("../screens/conversations.tsx"), "NoConversation"),
});

const conversation = createRoute({
  getParentRoute: () => conversations,
  path: "$conversationId",
  component: screen(() => import("../screens/conversation.tsx"), "Conversation"),
});

const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: "/notifications",
  validateSearch: (
    search: Record<string, unknown>,
  ): { unread?: true | undefined; page?: number | undefined } => ({
    unread: search.unread === true ? true : undefined,
    page: pageNumber(search.page),
  }),
  component: screen(() => import("../screens/notifications.tsx"), "Notifications"),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: "/calendar",
  validateSearch: (search: Record<string, unknown>): { month?: string | undefined } => ({
    month: /^\d{4}-(0[1-9]|1[0-2])$/.exec(String(search.month))?.[0],
  }),
  component: screen(() => import("../screens/calendar.tsx"), "Calendar"),
});

const analytics = createRoute({
  getParentRoute: () => signedIn,
  path: "/analytics",
  component: screen(() => import("../screens/analytics.tsx"), "Analytics"),
});

const profile = createRoute({
  getParentRoute: () => signedIn,
  path: "/profile",
  component: screen(() => import("../screens/profile.tsx"), "Profile"),
});

// Mails about a review lead here. The only reviews that a talent gets are on their own profile.
const review = createRoute({
  getParentRoute: () => signedIn,
  path: "/reviews/$reviewId",
  beforeLoad: () => {
    const user = currentSession()?.user;
    if (user?.userType !== "talent") throw redirect({ to: "/" });
    throw redirect({ to: "/talents/$talentId", params: { talentId: user.id } });
  },
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: screen(() => import("../screens/account.tsx"), "Account"),
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
  // To draw again is not enough: scripts that did not arrive are not asked for again.
  defaultErrorComponent: ({ error }) => (
    <ErrorScreen error={inWords(error)} onRetry={() => location.reload()} />
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
