import { beforeAll, describe, test } from "vitest";
import { aProject, aTask, inDays } from "../../world/projects.ts";
import { bad, buildWorld, expectSameError, type NamedCase, unknownId, type World } from "./case.ts";

const wrongPatch = { name: 7, description: null, status: "done", dueDate: "x", creatorId: "y" };
const wrongTask = { name: "", assigneeId: "x", dueDate: "2027-02-30", recurrence: "never" };

const cases: readonly NamedCase[] = [
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
];

describe("projects, teams and tasks", () => {
  let world: World;
  beforeAll(async () => {
    world = await buildWorld();
  });

  test.each(cases)("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(world, attempt);
  });
});
