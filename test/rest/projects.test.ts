import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import {
  aProject,
  Caller,
  invalid,
  made,
  person,
  refusal,
  refused,
  unknownId,
  type World,
  world,
} from "./support.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});

describe("creating a project", () => {
  test("returns 201 and the documented project", async () => {
    const given = aProject({ name: "  Brand Collab  ", description: "Music\nvideo <3" });
    const { status, body } = await w.creator.post("/projects", given);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      creatorId: w.creator.id,
      name: "Brand Collab",
      description: "Music\nvideo <3",
      status: "planning",
      dueDate: given.dueDate,
      taskCount: 0,
      completedTaskCount: 0,
      teamMembers: [],
      completedAt: null,
    });
    expect((await w.creator.get(`/projects/${body.id}`)).body).toEqual(body);
  });

  test("requires a creator", async () => {
    expect(refusal(await w.talent.post("/projects", aProject()))).toEqual(
      refused(403, "CREATOR_ONLY"),
    );
    expect(refusal(await new Caller().post("/projects", aProject()))).toEqual(
      refused(401, "NOT_AUTHENTICATED"),
    );
  });

  test.each<[string, object, string[]]>([
    ["nothing", {}, ["name", "description", "dueDate"]],
    ["blanks", { name: " ", description: "\n", dueDate: "" }, ["name", "description", "dueDate"]],
    [
      "too much",
      aProject({ name: "x".repeat(256), description: "x".repeat(10_001) }),
      ["name", "description"],
    ],
    ["today", aProject({ dueDate: inDays(0) }), ["dueDate"]],
    ["yesterday", aProject({ dueDate: inDays(-1) }), ["dueDate"]],
    ["a day that does not exist", aProject({ dueDate: "2027-02-30" }), ["dueDate"]],
    ["words for a day", aProject({ dueDate: "tomorrow" }), ["dueDate"]],
    [
      "fields of the server",
      aProject({ creatorId: unknownId, status: "completed", id: unknownId, taskCount: 3 }),
      ["creatorId", "status", "id", "taskCount"],
    ],
    [
      "wrong types",
      { name: 1, description: [], dueDate: 20_270_101 },
      ["name", "description", "dueDate"],
    ],
  ])("refuses %s", async (_what, body, fields) => {
    expect(refusal(await w.creator.post("/projects", body))).toEqual(invalid(...fields));
  });

  test("creates one project when repeated with the same idempotency key", async () => {
    const body = aProject({ name: "Once" });
    const send = (sent: object, key: string) =>
      w.creator.send("POST", "/projects", { body: sent, headers: { "idempotency-key": key } });
    const key = crypto.randomUUID();
    const first = await send(body, key);
    const second = await send(body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(refusal(await send({ ...body, name: "Other" }, key))).toEqual(refused(409, "CONFLICT"));
    expect(refusal(await send(body, "x".repeat(256)))).toEqual(invalid("Idempotency-Key"));
  });
});

describe("reading projects", () => {
  test("only the creator and the team can read a project", async () => {
    const path = `/projects/${w.project.id}`;
    for (const reader of [w.creator, w.talent]) {
      const { status, body } = await reader.get(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ taskCount: 1, completedTaskCount: 0 });
      expect(body.teamMembers).toEqual([
        {
          id: w.talent.id,
          name: "Tam",
          avatarUrl: null,
          role: "Editor",
          joinedAt: expect.any(String),
        },
      ]);
    }
    for (const stranger of [w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.get(path))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await new Caller().get(path))).toEqual(refused(401, "NOT_AUTHENTICATED"));
    expect(refusal(await w.creator.get(`/projects/${unknownId}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    expect(refusal(await w.creator.get("/projects/1"))).toEqual(invalid("projectId"));
  });

  test("lists contain the user's own projects, newest first, in pages", async () => {
    const creator = await person("creator");
    const ids: string[] = [];
    for (const name of ["A", "B", "C"]) {
      ids.unshift((await made(creator.post("/projects", aProject({ name })))).id);
    }
    const first = await creator.get("/projects?limit=2");
    expect(first.body.projects.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    expect(first.body.pagination).toEqual({
      page: 1,
      limit: 2,
      total: 3,
      totalPages: 2,
      hasNext: true,
      hasPrev: false,
    });
    const second = await creator.get("/projects?limit=2&page=2");
    expect(second.body.projects.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
    expect(second.body.pagination).toMatchObject({ hasNext: false, hasPrev: true });
    const beyond = await creator.get("/projects?page=9");
    expect(beyond.body).toMatchObject({ projects: [], pagination: { total: 3, hasNext: false } });

    expect((await creator.get("/projects?limit=500")).body.pagination.limit).toBe(100);
    expect((await creator.get("/projects")).body.pagination.limit).toBe(20);
    const names = async (sort: string) =>
      (await creator.get(`/projects?sort=${sort}`)).body.projects.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names("name")).toEqual(["A", "B", "C"]);
    expect(await names("-name")).toEqual(["C", "B", "A"]);

    const team = await w.talent.get("/projects");
    expect(team.body.projects.map(({ id }: { id: string }) => id)).toEqual([w.project.id]);
    expect((await w.otherTalent.get("/projects")).body.pagination.total).toBe(0);
  });

  test("refuses invalid filters", async () => {
    await w.creator.put(`/projects/${w.project.id}`, { status: "in-progress" });
    const { body } = await w.creator.get("/projects?status=in-progress");
    expect(body.projects.map(({ id }: { id: string }) => id)).toEqual([w.project.id]);
    for (const [query, field] of [
      ["status=active", "status"],
      ["page=0", "page"],
      ["limit=-1", "limit"],
      ["limit=1.5", "limit"],
      ["sort=secret", "sort"],
      ["sort=--name", "sort"],
      ["stauts=planning", "stauts"],
    ] as const) {
      expect(refusal(await w.creator.get(`/projects?${query}`)), query).toEqual(invalid(field));
    }
    expect(refusal(await w.creator.get("/projects?page=x&limit=0&status=?"))).toEqual(
      invalid("page", "limit", "status"),
    );
  });

  test("page and limit have at most 9 digits", async () => {
    expect((await w.creator.get("/projects?page=999999999&limit=999999999")).body).toMatchObject({
      projects: [],
      pagination: { page: 999_999_999, limit: 100, hasNext: false, hasPrev: true },
    });
    const tooLarge = await w.creator.get("/projects?page=1000000000&limit=9999999999");
    expect(tooLarge.body.error.details).toEqual([
      { field: "page", message: "Page must be a whole number from 1 to 999999999." },
      { field: "limit", message: "Limit must be a whole number from 1 to 999999999." },
    ]);
  });
});

describe("updating a project", () => {
  test("the creator can change name, description, status and due date", async () => {
    const { id } = await made(w.creator.post("/projects", aProject()));
    const path = `/projects/${id}`;
    const done = await w.creator.put(path, { status: "completed", name: "Done" });
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({
      name: "Done",
      description: "Sixty seconds",
      status: "completed",
    });
    expect(done.body.completedAt).not.toBeNull();
    const reopened = await w.creator.put(path, { status: "planning" });
    expect(reopened.body).toMatchObject({ status: "planning", completedAt: null });
  });

  test("other users can change nothing, whatever they send", async () => {
    const path = `/projects/${w.project.id}`;
    for (const stranger of [w.talent, w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.put(path, { name: "Mine" }))).toEqual(
        refused(403, "FORBIDDEN"),
      );
      expect(refusal(await stranger.put(path, { name: 7 }))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.put(`/projects/${unknownId}`, { name: "x" }))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test.each<[string, object, string[]]>([
    [
      "read-only fields",
      { creatorId: unknownId, taskCount: 1, createdAt: "x" },
      ["creatorId", "taskCount", "createdAt"],
    ],
    ["an unknown status", { status: "done" }, ["status"]],
    ["a date in the past", { dueDate: inDays(-3) }, ["dueDate"]],
    ["nulls", { name: null, description: null }, ["name", "description"]],
    ["a bad name and a date in the past", { name: "", dueDate: inDays(-3) }, ["name", "dueDate"]],
  ])("refuses %s", async (_what, body, fields) => {
    expect(refusal(await w.creator.put(`/projects/${w.project.id}`, body))).toEqual(
      invalid(...fields),
    );
  });
});

test("a deleted project is hidden from all users", async () => {
  const { creator, talent, otherCreator } = w;
  const project = await made(creator.post("/projects", aProject()));
  const path = `/projects/${project.id}`;
  await made(creator.post(`${path}/team`, { userId: talent.id }));
  expect(refusal(await talent.delete(path))).toEqual(refused(403, "FORBIDDEN"));
  expect(refusal(await otherCreator.delete(path))).toEqual(refused(403, "FORBIDDEN"));
  const reply = await creator.delete(path);
  expect([reply.status, reply.body]).toEqual([204, undefined]);
  for (const reader of [creator, talent, otherCreator]) {
    expect(refusal(await reader.get(path))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await reader.get(`${path}/tasks`))).toEqual(refused(404, "NOT_FOUND"));
  }
  expect(refusal(await creator.delete(path))).toEqual(refused(404, "NOT_FOUND"));
});
