import type { Operation } from "./document.ts";
import { type Persona, personas } from "./world.ts";

/** A status, and the code of an error. */
export type Outcome = string;

/** Those with an account, whom an operation can treat differently. */
type Live = Exclude<Persona, "anonymous" | "bad token" | "expired token" | "deleted user">;

type Rule = Readonly<Record<Live, Outcome>>;

const forbidden = "403 FORBIDDEN";
const creatorOnly = "403 CREATOR_ONLY";
const talentOnly = "403 TALENT_ONLY";
const invalid = "400 VALIDATION_ERROR";

const everyone = (outcome: Outcome): Rule => ({
  "stranger talent": outcome,
  "stranger creator": outcome,
  "removed member": outcome,
  member: outcome,
  assignee: outcome,
  creator: outcome,
});

/** The outcomes of those who may, and of everyone else. */
const only = (able: Partial<Rule>, otherwise: Outcome = forbidden): Rule => ({
  ...everyone(otherwise),
  ...able,
});

const team = (outcome: Outcome): Rule =>
  only({ member: outcome, assignee: outcome, creator: outcome });
const creator = (outcome: Outcome): Rule => only({ creator: outcome });
const pair = (outcome: Outcome): Rule => only({ assignee: outcome, creator: outcome });
/** What the assignee does for the task: creators cannot, and another member's task is another one. */
const submission = (outcome: Outcome, ofMember: Outcome = forbidden): Rule =>
  only({
    "stranger creator": talentOnly,
    creator: talentOnly,
    member: ofMember,
    assignee: outcome,
  });

/** What test/contract/requests.ts sends, for each operation. An operation without a rule fails. */
export const rules: Readonly<Record<string, Rule>> = {
  signUp: everyone("201"),
  signIn: everyone("200"),
  // Everyone with a valid token gets in; these send an unknown one.
  refresh: everyone("401 INVALID_REFRESH_TOKEN"),
  verifyEmail: everyone("400 INVALID_VERIFICATION_TOKEN"),
  resetPassword: everyone("400 INVALID_RESET_TOKEN"),
  forgotPassword: everyone("200"),
  signOut: everyone("204"),
  resendVerification: everyone("200"),
  changePassword: everyone("204"),
  changeEmail: everyone("200"),
  listSessions: everyone("200"),
  revokeSession: only({ creator: "204" }, "404 NOT_FOUND"),

  getMe: everyone("200"),
  // Fields of a talent.
  updateMe: only({ "stranger creator": invalid, creator: invalid }, "200"),
  deleteMe: everyone("204"),
  setAvatar: everyone("200"),
  exportMe: everyone("200"),
  getUser: everyone("200"),
  listSkills: everyone("200"),
  searchTalent: only({ "stranger creator": "200", creator: "200" }, creatorOnly),
  listBlocks: everyone("200"),
  blockUser: everyone("204"),
  unblockUser: everyone("204"),

  listProjects: everyone("200"),
  createProject: only({ "stranger creator": "201", creator: "201" }, creatorOnly),
  getProject: team("200"),
  updateProject: creator("200"),
  deleteProject: creator("204"),
  addTeamMember: creator("201"),
  removeTeamMember: only({ member: "204", creator: "204" }),

  listTasks: everyone("200"),
  listProjectTasks: team("200"),
  createTask: creator("201"),
  getTask: team("200"),
  updateTask: pair("200"),
  deleteTask: creator("204"),

  createUpload: submission("201", invalid),
  // The file of this world has no bytes, which only those who may download it get to know.
  getDownload: pair("404 NOT_FOUND"),
  listDeliverables: everyone("200"),
  submitDeliverable: submission("201", invalid),
  getDeliverable: pair("200"),
  reviewDeliverable: creator("200"),
  resubmitDeliverable: submission("201"),
  replaceFile: submission("200"),
  // It was reviewed once, so its submitter can no longer delete it.
  deleteDeliverable: only({ creator: "204", assignee: "409 INVALID_STATE" }),
  listSamples: team("200"),
  addSample: creator("201"),
  deleteSample: creator("204"),

  listConversations: everyone("200"),
  // With the assignee.
  openConversation: only(
    { "stranger creator": "201", creator: "200", assignee: invalid },
    "400 SAME_USER_TYPE",
  ),
  getConversation: pair("200"),
  markConversationRead: pair("204"),
  listMessages: pair("200"),
  sendMessage: pair("201"),
  editMessage: creator("200"),
  deleteMessage: creator("204"),

  listReviews: everyone("200"),
  createReview: only({ creator: "201", "stranger creator": forbidden }, creatorOnly),
  updateReview: creator("200"),
  deleteReview: creator("204"),

  getCalendar: everyone("200"),
  createCalendarLink: everyone("201"),
  getCalendarLink: everyone("200"),
  deleteCalendarLink: everyone("204"),
  getCalendarFeed: everyone("200"),
  getAnalytics: everyone("200"),
  listAuditEvents: everyone("200"),

  listNotifications: everyone("200"),
  markAllNotificationsRead: everyone("204"),
  markNotificationRead: only({ assignee: "204" }, "404 NOT_FOUND"),
  getNotificationPreferences: everyone("200"),
  updateNotificationPreferences: everyone("200"),
  followUnsubscribeLink: everyone("200"),
  unsubscribe: everyone("200"),

  getHealth: everyone("200"),
  getDocs: everyone("200"),
  getDocsScript: everyone("200"),
  getOpenApi: everyone("200"),
};

/** Operations that end a session, which works as long as Auth has it. */
const endsSession = ["signOut"];

/** The outcome for each persona. Tokens count where the operation requires one. */
export function expectedAccess({
  operationId: id,
  security,
}: Operation): Readonly<Record<Persona, Outcome>> {
  const rule = rules[id];
  if (rule === undefined) throw new Error(`test/contract/access.ts has no rule for ${id}.`);
  const needsToken = security.length === 1;
  const without = needsToken ? "401 NOT_AUTHENTICATED" : rule["stranger talent"];
  const ended = needsToken && !endsSession.includes(id);
  return {
    anonymous: without,
    "bad token": without,
    "expired token": without,
    "deleted user": ended ? "401 SESSION_REVOKED" : rule["stranger talent"],
    ...rule,
  };
}

/** docs/operation-access.md, from the same rules that the test asserts. */
export function accessDocument(operations: readonly Operation[]): string {
  const rows = operations.map((operation) => {
    const { operationId, method, path } = operation;
    const expected = expectedAccess(operation);
    const cells = personas.map((persona) => expected[persona].replace(/^\d+ /, ""));
    return `| \`${operationId}\` | ${method.toUpperCase()} ${path} | ${cells.join(" | ")} |`;
  });
  return [
    "# Access to operations",
    "",
    "What each operation of the REST API answers to whom: the status of a success, or the [error code](errors.md). `test/contract` sends",
    "every cell and writes this page. The requests are valid; their project belongs to *creator*. *Member*, *assignee* and *removed",
    "member* are talents of its team, *assignee* has its task, its deliverable and a conversation with *creator*. The tokens that",
    "`refresh`, `verifyEmail` and `resetPassword` get are unknown ones, and the file of `getDownload` has no bytes. Direct access to tables is in [access-matrix.md](access-matrix.md).",
    "",
    `| operation | request | ${personas.join(" | ")} |`,
    `|---|---|${personas.map(() => "---").join("|")}|`,
    ...rows,
    "",
  ].join("\n");
}
