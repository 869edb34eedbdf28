/** The screens of the app, by the person who looks at them. `{deliverable}` is one with two versions. */
export interface Screen {
  readonly name: string;
  readonly path: string;
}

export const maya = "Maya Lindqvist";
export const alia = "Alia Vance";

const project = "50000000-0000-4000-8000-000000000001";
const conversation = "70000000-0000-4000-8000-000000000001";
const priya = "a0000000-0000-4000-8000-000000000005";

export const publicScreens: readonly Screen[] = [
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-up", path: "/sign-up" },
  { name: "forgot-password", path: "/forgot-password" },
  { name: "reset-password", path: "/reset-password?token=x" },
];

export const creatorScreens: readonly Screen[] = [
  { name: "projects", path: "/projects" },
  { name: "board", path: `/projects/${project}` },
  { name: "team", path: `/projects/${project}?tab=team` },
  { name: "samples", path: `/projects/${project}?tab=samples` },
  { name: "talents", path: "/talents" },
  { name: "talent", path: `/talents/${priya}` },
  { name: "deliverables", path: "/deliverables" },
  { name: "deliverable", path: "/deliverables/{deliverable}" },
  { name: "conversation", path: `/conversations/${conversation}` },
  { name: "notifications", path: "/notifications" },
  { name: "calendar", path: "/calendar" },
  { name: "analytics", path: "/analytics" },
  { name: "account", path: "/account" },
];

/** Those that also have screenshots of a phone. */
export const phoneScreens: readonly string[] = ["board", "talents", "deliverable", "conversation"];

export const talentScreens: readonly Screen[] = [
  { name: "work", path: "/work" },
  { name: "task", path: `/projects/${project}/tasks/{task}` },
  { name: "profile", path: "/profile" },
  { name: "forbidden", path: "/talents" },
];
