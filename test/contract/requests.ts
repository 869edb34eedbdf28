import type { Sql } from "postgres";
import { formOf, picture } from "../rest/uploads.ts";
import { someEmail } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import type { ContractWorld, SignedIn } from "./world.ts";

export interface Sendable {
  /** The values of the parameters in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>> | FormData;
}

/** A request that succeeds for at least one persona, and who that is. */
export interface Example {
  readonly by: SignedIn;
  readonly request: (world: ContractWorld) => Omit<Sendable, "params"> & Partial<Sendable>;
  /** Changes the world first, as the database's own role. */
  readonly prepare?: (sql: Sql, world: ContractWorld) => PromiseLike<unknown>;
}

const by = (
  persona: SignedIn,
  request: Example["request"] = () => ({}),
  prepare?: Example["prepare"],
): Example => ({ by: persona, request, ...(prepare === undefined ? {} : { prepare }) });

/** Sends the deliverable back for revision. */
const sendBack: Example["prepare"] = async (sql, { deliverableId, ids }) => {
  await sql`
    update public.deliverables set status = 'revision', feedback = 'Warmer'
    where id = ${deliverableId}`;
  await sql`
    update public.deliverable_reviews set reviewer_id = ${ids.creator}
    where deliverable_id = ${deliverableId}`;
};

/** Puts the file into the current version, and has its scan find malware. */
const rejectFile: Example["prepare"] = async (sql, { deliverableId, fileId }) => {
  await sql`
    update public.deliverable_files set version = 2
    where (file_id, deliverable_id) = (${fileId}, ${deliverableId})`;
  await sql`update public.files set state = 'infected' where id = ${fileId}`;
};

/** One example for each operation. An operation that is missing here fails the tests of the contract. */
export const examples: Readonly<Record<string, Example>> = {
  signUp: by("creator", ({ password }) => ({
    body: { email: someEmail(), password, name: "Ada", userType: "talent" },
  })),
  signIn: by("creator", ({ email, password }) => ({ body: { email, password } })),
  refresh: by("creator", () => ({ body: { refreshToken: "unknown" } })),
  signOut: by("creator", () => ({ query: { scope: "local" } })),
  verifyEmail: by("creator", () => ({ query: { token: "unknown" } })),
  resendVerification: by("creator"),
  forgotPassword: by("creator", () => ({ body: { email: someEmail() } })),
  changePassword: by("creator", ({ password }) => ({
    body: { currentPassword: password, newPassword: "Other-horse-8!" },
  })),
  changeEmail: by("creator", ({ password }) => ({ body: { password, newEmail: someEmail() } })),
  listSessions: by("creator"),
  listSecurityEvents: by("creator"),
  revokeSession: by("creator", ({ accounts }) => ({ params: { sessionId: accounts.creator } })),
  resetPassword: by("creator", () => ({
    body: { token: "unknown", newPassword: "Other-horse-8!" },
  })),

  getMe: by("creator"),
  updateMe: by("assignee", () => ({
    body: { name: "Tam", bio: "Editor", skills: ["Figma"], hourlyRate: 60 },
  })),
  deleteMe: by("creator", ({ password }) => ({ query: { force: "true" }, body: { password } })),
  setAvatar: by("creator", () => ({ body: formOf({ avatar: picture() }) })),
  exportMe: by("creator"),
  getUser: by("creator", ({ ids }) => ({ params: { userId: ids.assignee } })),
  listSkills: by("creator"),
  searchTalent: by("creator", () => ({
    query: { q: "editor", "skills[]": "Figma", minRate: "20", limit: "5" },
  })),
  listBlocks: by("creator"),
  blockUser: by("creator", ({ candidateId }) => ({ params: { userId: candidateId } })),
  unblockUser: by("creator", ({ candidateId }) => ({ params: { userId: candidateId } })),

  listProjects: by("creator"),
  createProject: by("creator", () => ({
    body: { name: "Trailer", description: "Sixty seconds", dueDate: inDays(30) },
  })),
  getProject: by("creator"),
  updateProject: by("creator", () => ({ body: { name: "Teaser", status: "in-progress" } })),
  deleteProject: by("creator"),
  addTeamMember: by("creator", ({ candidateId }) => ({
    body: { userId: candidateId, role: "Editor" },
  })),
  removeTeamMember: by("creator", ({ ids }) => ({ params: { userId: ids.member } })),

  listTasks: by("creator"),
  listProjectTasks: by("creator"),
  createTask: by("creator", ({ ids }) => ({
    body: {
      name: "Cut",
      description: "First pass",
      assigneeId: ids.member,
      dueDate: inDays(7),
      recurrence: "FREQ=WEEKLY;COUNT=3",
    },
  })),
  getTask: by("creator"),
  updateTask: by("creator", () => ({ body: { status: "in-progress" } })),
  deleteTask: by("creator"),

  createUpload: by("assignee", ({ projectId, taskId }) => ({
    body: {
      ...{ uploadType: "deliverable", projectId, taskId },
      ...{ fileName: "logo.png", fileSize: 100, mimeType: "image/png" },
    },
  })),
  getDownload: by("creator"),
  listDeliverables: by("creator"),
  submitDeliverable: by("assignee", ({ projectId, taskId, uploadId }) => ({
    body: { projectId, taskId, title: "Logo", description: "", files: [{ fileId: uploadId }] },
  })),
  getDeliverable: by("creator"),
  reviewDeliverable: by("creator", () => ({
    body: { action: "request_revision", feedback: "Warmer" },
  })),
  resubmitDeliverable: by(
    "assignee",
    ({ uploadId }) => ({
      body: { title: "Logo", files: [{ fileId: uploadId }] },
    }),
    sendBack,
  ),
  replaceFile: by("assignee", ({ uploadId }) => ({ body: { newFileId: uploadId } }), rejectFile),
  deleteDeliverable: by("creator"),
  listSamples: by("creator"),
  addSample: by("creator", () => ({
    body: { name: "Reel", type: "link", url: "https://example.com/reel", description: "" },
  })),
  deleteSample: by("creator"),

  listConversations: by("creator"),
  openConversation: by("creator", ({ ids }) => ({ body: { participantId: ids.assignee } })),
  getConversation: by("creator"),
  markConversationRead: by("creator", ({ messageId }) => ({ body: { messageId } })),
  listMessages: by("creator"),
  sendMessage: by("creator", () => ({
    body: { content: "Hello", clientMessageId: crypto.randomUUID() },
  })),
  editMessage: by("creator", () => ({ body: { content: "Hello again" } })),
  deleteMessage: by("creator"),

  listReviews: by("creator", ({ ids }) => ({ params: { userId: ids.assignee } })),
  createReview: by("creator", ({ ids, completedProjectId }) => ({
    body: { talentId: ids.member, projectId: completedProjectId, rating: 4, text: "Good" },
  })),
  updateReview: by("creator", () => ({ body: { rating: 4, text: "Good" } })),
  deleteReview: by("creator"),

  getCalendar: by("creator"),
  createCalendarLink: by("creator"),
  getCalendarLink: by("creator"),
  deleteCalendarLink: by("creator"),
  getCalendarFeed: by("creator", ({ calendarToken }) => ({ query: { token: calendarToken } })),
  getAnalytics: by("creator"),
  listAuditEvents: by("creator"),

  listNotifications: by("creator"),
  markAllNotificationsRead: by("creator"),
  markNotificationRead: by("assignee"),
  getNotificationPreferences: by("creator"),
  updateNotificationPreferences: by("creator", () => ({
    body: { preferences: { mentioned: { inApp: true, email: false } } },
  })),
  followUnsubscribeLink: by("creator", ({ unsubscribeToken }) => ({
    query: { token: unsubscribeToken },
  })),
  unsubscribe: by("creator", ({ unsubscribeToken }) => ({ query: { token: unsubscribeToken } })),

  getHealth: by("creator"),
  getDocs: by("creator"),
  getDocsScript: by("creator"),
  getOpenApi: by("creator"),
};

/** The request of an operation's example, with the ids of the world in its path. */
export function requestOf(id: string, world: ContractWorld): Sendable {
  const example = examples[id];
  if (example === undefined) {
    throw new Error(`test/contract/requests.ts has no example for ${id}.`);
  }
  const request = example.request(world);
  return { ...request, params: { ...inPath(world), ...request.params } };
}

const inPath = (world: ContractWorld) => ({
  projectId: world.projectId,
  taskId: world.taskId,
  deliverableId: world.deliverableId,
  fileId: world.fileId,
  sampleId: world.sampleId,
  conversationId: world.conversationId,
  messageId: world.messageId,
  reviewId: world.reviewId,
  notificationId: world.notificationId,
});
