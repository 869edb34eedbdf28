/** The same invalid input, sent through the SDK and through the REST API, gets the same error. */
import { beforeAll, describe, expect, test } from "vitest";
import type { OnSwift, OnSwiftError } from "../../sdk/src/index.ts";
import { Caller, type Reply } from "../rest/support.ts";
import { formOf, picture } from "../rest/uploads.ts";
import { password, someEmail } from "../world/people.ts";
import { aProject, aTask, inDays } from "../world/projects.ts";
import { person, type Team, team, visitor } from "./support.ts";

interface World extends Team {
  readonly conversationId: string;
  readonly outsider: Team["creator"];
}

let world: World;
beforeAll(async () => {
  const [made, outsider] = await Promise.all([team(), person("creator")]);
  const { id } = await made.creator.onswift.conversations.open(made.talent.id).orThrow();
  world = { ...made, outsider, conversationId: id };
});

type Attempt<Result> = (
  through: { readonly sdk: OnSwift; readonly rest: Caller },
  world: World,
) => Result;

interface Case {
  readonly sdk: Attempt<PromiseLike<{ readonly error: OnSwiftError | null }>>;
  readonly rest: Attempt<Promise<Reply>>;
  readonly as?: "creator" | "talent" | "outsider";
}

/** What both doors must agree on. */
const errorOfSdk = (error: OnSwiftError | null) =>
  error === null
    ? null
    : { status: error.status, code: error.code, message: error.message, details: error.details };
const errorOfRest = ({ status, body }: Reply) =>
  status < 400
    ? null
    : {
        status,
        code: body.error.code,
        message: body.error.message,
        details: body.error.details ?? null,
      };

async function expectSameError({ sdk, rest, as }: Case): Promise<void> {
  const caller = new Caller();
  caller.token = as && world[as].token;
  const onswift = as === undefined ? visitor() : world[as].onswift;
  const through = { sdk: onswift, rest: caller };
  const expected = errorOfRest(await rest(through, world));
  expect(expected).not.toBeNull();
  expect(errorOfSdk((await sdk(through, world)).error)).toEqual(expected);
}

const unknownId = "00000000-0000-4000-8000-000000000000";
const bad = <Input>(input: unknown): Input => input as Input;

const account = (fields: object = {}) => ({
  email: someEmail(),
  password,
  name: "Ada",
  userType: "talent",
  ...fields,
});

/** An attempt of a visitor. */
const signUp = (fields: object): Case => {
  const input = account(fields);
  return {
    sdk: ({ sdk }) => sdk.auth.signUp(bad(input)),
    rest: ({ rest }) => rest.post("/auth/signup", input),
  };
};
const signIn = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.signIn(bad(input)),
  rest: ({ rest }) => rest.post("/auth/login", input),
});
const refresh = (refreshToken: unknown): Case => ({
  sdk: ({ sdk }) => sdk.auth.refresh(bad({ refreshToken })),
  rest: ({ rest }) => rest.post("/auth/refresh", { refreshToken }),
});
const forgotPassword = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.forgotPassword(bad(input)),
  rest: ({ rest }) => rest.post("/auth/forgot-password", input),
});
const resetPassword = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.resetPassword(bad(input)),
  rest: ({ rest }) => rest.post("/auth/reset-password", input),
});

describe("authentication", () => {
  test.each<[string, () => Case]>([
    [
      "a sign-up with a bad address, an empty name and a weak password",
      () => signUp({ email: "ada@", name: " ", password: "weak" }),
    ],
    ["a sign-up without any field", () => signUp(emptied)],
    ["a sign-up with a weak password", () => signUp({ password: "nouppercase1!" })],
    ["a sign-up with an unknown user type", () => signUp({ userType: "admin" })],
    ["a sign-up of a talent with a company", () => signUp({ companyName: "Acme" })],
    ["a sign-up with an unknown field", () => signUp({ isAdmin: true })],
    ["a sign-up with an address that has an account", () => signUp({ email: world.creator.email })],
    ["a sign-in with a malformed address", () => signIn({ email: "ada@", password })],
    ["a sign-in without any field", () => signIn({})],
    ["a sign-in with an unknown field", () => signIn({ email: someEmail(), password, otp: "1" })],
    ["a sign-in with an unknown address", () => signIn({ email: someEmail(), password })],
    [
      "a sign-in with a wrong password",
      () => signIn({ email: world.outsider.email, password: "Wrong-horse-7!" }),
    ],
    ["a refresh with an empty token", () => refresh("")],
    ["a refresh with an unknown token", () => refresh("unknown")],
    [
      "a request for a reset email to a malformed address",
      () => forgotPassword({ email: "a b@example.com" }),
    ],
    ["a request for a reset email without an address", () => forgotPassword({})],
    ["a reset with an unknown token", () => resetPassword({ token: "x", newPassword: password })],
    ["a reset with a weak password", () => resetPassword({ token: "x", newPassword: "weak" })],
    ["a reset without any field", () => resetPassword({})],
    [
      "a verification with an unknown token",
      () => ({
        sdk: ({ sdk }) => sdk.auth.verifyEmail("unknown"),
        rest: ({ rest }) => rest.get("/auth/verify-email?token=unknown"),
      }),
    ],
    [
      "a request without a session",
      () => ({
        sdk: ({ sdk }) => sdk.users.me(),
        rest: ({ rest }) => rest.get("/users/me"),
      }),
    ],
  ])("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(attempt());
  });

  test("a sign-out with an unknown scope gets the same error through SDK and REST", async () => {
    await expectSameError({
      as: "outsider",
      sdk: ({ sdk }) => sdk.auth.signOut(bad({ scope: "everywhere" })),
      rest: ({ rest }) => rest.post("/auth/logout?scope=everywhere"),
    });
  });

  test("a sign-in after five failures gets the same error through SDK and REST", async () => {
    const { email } = await person("talent");
    const wrong = { email, password: "Wrong-horse-7!" };
    for (let failures = 0; failures < 5; failures += 1) await visitor().auth.signIn(wrong);
    await expectSameError(signIn({ email, password }));
  });

  test("a token of an ended session gets the same error through SDK and REST", async () => {
    const { onswift, token } = await person("talent");
    const caller = new Caller();
    caller.token = token;
    await caller.post("/auth/logout?scope=global");
    expect(errorOfSdk((await onswift.users.me()).error)).toEqual(
      errorOfRest(await caller.get("/users/me")),
    );
  });
});

const emptied = {
  email: undefined,
  password: undefined,
  name: undefined,
  userType: undefined,
};

const cases: readonly (readonly [string, Case])[] = [
  [
    "a project with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.create({ name: " ", description: "", dueDate: "yesterday" }),
      rest: ({ rest }) =>
        rest.post("/projects", { name: " ", description: "", dueDate: "yesterday" }),
    },
  ],
  [
    "a project without any field",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.create(bad({})),
      rest: ({ rest }) => rest.post("/projects", {}),
    },
  ],
  [
    "a project that is due today",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.create(aProject({ dueDate: inDays(0) })),
      rest: ({ rest }) => rest.post("/projects", aProject({ dueDate: inDays(0) })),
    },
  ],
  [
    "a project with an unknown field",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.create(aProject({ creatorId: unknownId })),
      rest: ({ rest }) => rest.post("/projects", aProject({ creatorId: unknownId })),
    },
  ],
  [
    "a project of a talent",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.projects.create(aProject()),
      rest: ({ rest }) => rest.post("/projects", aProject()),
    },
  ],
  [
    "a project id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.get("nonsense"),
      rest: ({ rest }) => rest.get("/projects/nonsense"),
    },
  ],
  [
    "an unknown project",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.get(unknownId),
      rest: ({ rest }) => rest.get(`/projects/${unknownId}`),
    },
  ],
  [
    "a project of another creator",
    {
      as: "outsider",
      sdk: ({ sdk }, { projectId }) => sdk.projects.delete(projectId),
      rest: ({ rest }, { projectId }) => rest.delete(`/projects/${projectId}`),
    },
  ],
  [
    "a patch with wrong types, unknown fields and invalid values",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.projects.update(projectId, bad(wrongPatch)),
      rest: ({ rest }, { projectId }) => rest.put(`/projects/${projectId}`, wrongPatch),
    },
  ],
  [
    "a list with an invalid page, limit, sort and status",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.projects.list(bad({ page: 0, limit: -1, sort: "x", status: "y" })),
      rest: ({ rest }) => rest.get("/projects?page=0&limit=-1&sort=x&status=y"),
    },
  ],
  [
    "a member who is not a talent",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId, creator }) => sdk.team.add(projectId, { userId: creator.id }),
      rest: ({ rest }, { projectId, creator }) =>
        rest.post(`/projects/${projectId}/team`, { userId: creator.id }),
    },
  ],
  [
    "a member without an id and with a long role",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.team.add(projectId, bad({ role: "x".repeat(300) })),
      rest: ({ rest }, { projectId }) =>
        rest.post(`/projects/${projectId}/team`, { role: "x".repeat(300) }),
    },
  ],
  [
    "the removal of a user who is not a member",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.team.remove(projectId, unknownId),
      rest: ({ rest }, { projectId }) => rest.delete(`/projects/${projectId}/team/${unknownId}`),
    },
  ],
  [
    "a task with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.tasks.create(projectId, bad(wrongTask)),
      rest: ({ rest }, { projectId }) => rest.post(`/projects/${projectId}/tasks`, wrongTask),
    },
  ],
  [
    "a task for a user who is not a member",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId, creator }) =>
        sdk.tasks.create(projectId, aTask(creator.id, { description: null })),
      rest: ({ rest }, { projectId, creator }) =>
        rest.post(`/projects/${projectId}/tasks`, aTask(creator.id, { description: null })),
    },
  ],
  [
    "two ids that are not UUIDs",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.tasks.get("x", "y"),
      rest: ({ rest }) => rest.get("/projects/x/tasks/y"),
    },
  ],
  [
    "a task that its assignee renames",
    {
      as: "talent",
      sdk: ({ sdk }, { projectId, taskId }) => sdk.tasks.update(projectId, taskId, { name: "x" }),
      rest: ({ rest }, { projectId, taskId }) =>
        rest.put(`/projects/${projectId}/tasks/${taskId}`, { name: "x" }),
    },
  ],
  [
    "a list of tasks with invalid dates and ids",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.tasks.list({ dueFrom: "x", dueTo: "2027-02-30", projectId: "z" }),
      rest: ({ rest }) => rest.get("/tasks?dueFrom=x&dueTo=2027-02-30&projectId=z"),
    },
  ],
  [
    "a submission without a title and files",
    {
      as: "talent",
      sdk: ({ sdk }, { projectId, taskId }) =>
        sdk.deliverables.submit(bad({ projectId, taskId, files: [] })),
      rest: ({ rest }, { projectId, taskId }) =>
        rest.post("/deliverables", formOf({ projectId, taskId })),
    },
  ],
  [
    "a submission of a creator",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId, taskId }) =>
        sdk.deliverables.submit({ projectId, taskId, title: "Logo", files: [image] }),
      rest: ({ rest }, { projectId, taskId }) =>
        rest.post("/deliverables", formOf({ projectId, taskId, title: "Logo", files: picture() })),
    },
  ],
  [
    "a deliverable id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.deliverables.approve("nonsense"),
      rest: ({ rest }) => rest.put("/deliverables/nonsense", { action: "approve" }),
    },
  ],
  [
    "a request for a revision of an unknown deliverable",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.deliverables.requestRevision(unknownId, ""),
      rest: ({ rest }) =>
        rest.put(`/deliverables/${unknownId}`, { action: "request-revision", feedback: "" }),
    },
  ],
  [
    "a review with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.reviews.create(bad(wrongReview)),
      rest: ({ rest }) => rest.post("/reviews", wrongReview),
    },
  ],
  [
    "a review before the project is completed",
    {
      as: "creator",
      sdk: ({ sdk }, w) => sdk.reviews.create(aReview(w)),
      rest: ({ rest }, w) => rest.post("/reviews", aReview(w)),
    },
  ],
  [
    "the reviews of a creator",
    {
      sdk: ({ sdk }, { creator }) => sdk.reviews.list(creator.id),
      rest: ({ rest }, { creator }) => rest.get(`/users/${creator.id}/reviews`),
    },
  ],
  [
    "a message without content and with an invalid id",
    {
      as: "creator",
      sdk: ({ sdk }, { conversationId }) =>
        sdk.messages.send(conversationId, { content: " ", clientMessageId: "x" }),
      rest: ({ rest }, { conversationId }) =>
        rest.post(`/conversations/${conversationId}/messages`, {
          content: " ",
          clientMessageId: "x",
        }),
    },
  ],
  [
    "a message to a conversation of others",
    {
      as: "outsider",
      sdk: ({ sdk }, { conversationId }) => sdk.messages.send(conversationId, { content: "Hi" }),
      rest: ({ rest }, { conversationId }) =>
        rest.post(`/conversations/${conversationId}/messages`, { content: "Hi" }),
    },
  ],
  [
    "a list of messages before and after an unknown one",
    {
      as: "creator",
      sdk: ({ sdk }, { conversationId }) =>
        sdk.messages.list(conversationId, bad({ before: unknownId, after: "x", limit: 0 })),
      rest: ({ rest }, { conversationId }) =>
        rest.get(`/conversations/${conversationId}/messages?before=${unknownId}&after=x&limit=0`),
    },
  ],
  [
    "a conversation with a user of the same type",
    {
      as: "creator",
      sdk: ({ sdk }, { outsider }) => sdk.conversations.open(outsider.id),
      rest: ({ rest }, { outsider }) => rest.post("/conversations", { participantId: outsider.id }),
    },
  ],
  [
    "a conversation with an id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.conversations.open("nonsense"),
      rest: ({ rest }) => rest.post("/conversations", { participantId: "nonsense" }),
    },
  ],
  [
    "a profile with invalid entries of lists and unknown fields",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.update(bad(wrongProfile)),
      rest: ({ rest }) => rest.put("/users/me", wrongProfile),
    },
  ],
  [
    "the profile of a creator",
    {
      as: "talent",
      sdk: ({ sdk }, { creator }) => sdk.users.get(creator.id),
      rest: ({ rest }, { creator }) => rest.get(`/users/${creator.id}`),
    },
  ],
  [
    "a user who blocks themselves",
    {
      as: "talent",
      sdk: ({ sdk }, { talent }) => sdk.users.block(talent.id),
      rest: ({ rest }, { talent }) => rest.put(`/users/${talent.id}/block`, {}),
    },
  ],
  [
    "the deletion of an account with a wrong password",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.delete({ password: "Wrong-horse-7!" }),
      rest: ({ rest }) => rest.delete("/users/me", { password: "Wrong-horse-7!" }),
    },
  ],
  [
    "the deletion of an account without a password",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.delete(bad({})),
      rest: ({ rest }) => rest.delete("/users/me", {}),
    },
  ],
  [
    "a notification id that is not a UUID",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.notifications.markRead("nonsense"),
      rest: ({ rest }) => rest.put("/notifications/nonsense/read", {}),
    },
  ],
  [
    "an unknown notification preference",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.notifications.updatePreferences(bad({ pigeon: true })),
      rest: ({ rest }) => rest.put("/notifications/preferences", { pigeon: true }),
    },
  ],
  [
    "a reservation of an upload with every field invalid",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.files.createUpload(bad(wrongUpload)),
      rest: ({ rest }) => rest.post("/upload/presigned-url", wrongUpload),
    },
  ],
  [
    "a download of a file with an id that is not a UUID",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.files.downloadUrl("nonsense"),
      rest: ({ rest }) => rest.get("/files/nonsense/download-url"),
    },
  ],
  [
    "a sample link without a name and an address",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.samples.add(projectId, bad({ type: "link" })),
      rest: ({ rest }, { projectId }) =>
        rest.post(`/projects/${projectId}/samples`, { type: "link" }),
    },
  ],
  [
    "a calendar of more than 366 days",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.calendar.get({ from: "2026-01-01", to: "2027-06-01" }),
      rest: ({ rest }) => rest.get("/calendar?from=2026-01-01&to=2027-06-01"),
    },
  ],
  [
    "analytics with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.analytics.me(bad({ from: "x", to: "y", timeZone: "Z/Z", bucket: "b" })),
      rest: ({ rest }) => rest.get("/analytics/me?from=x&to=y&timeZone=Z%2FZ&bucket=b"),
    },
  ],
  [
    "an audit trail of an id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.analytics.audit({ projectId: "nonsense" }),
      rest: ({ rest }) => rest.get("/audit?projectId=nonsense"),
    },
  ],
];

const image = { name: "logo.png", data: new Uint8Array(8) };
const wrongPatch = { name: 7, description: null, status: "done", dueDate: "x", creatorId: "y" };
const wrongTask = { name: "", assigneeId: "x", dueDate: "2027-02-30", recurrence: "never" };
const wrongReview = { talentId: "x", projectId: "y", rating: 6, text: "" };
const wrongProfile = {
  skills: ["Figma", 7],
  portfolioLinks: ["https://a.example", "ftp://b.example"],
  hourlyRate: 4,
};
const wrongUpload = { uploadType: "poem", fileName: "", fileSize: 0, mimeType: "text/x" };
const aReview = ({ talent, projectId }: World) => ({
  talentId: talent.id,
  projectId,
  rating: 5,
  text: "Great work",
});

describe("operations", () => {
  test.each(cases)("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(attempt);
  });
});
