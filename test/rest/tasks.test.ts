import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import {
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
let tasks: string;
let task: string;
beforeAll(async () => {
  w = await world();
  tasks = `/projects/${w.project.id}/tasks`;
  task = `${tasks}/${w.task.id}`;
});

const aTask = (fields: object = {}) => ({
  name: "Colours",
  description: "Warm",
  assigneeId: w.talent.id,
  dueDate: inDays(9),
  ...fields,
});

describe("creating a task", () => {
  test("returns 201 and the documented task", async () => {
    const { status, body } = await w.creator.post(tasks, aTask());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      projectId: w.project.id,
      name: "Colours",
      description: "Warm",
      status: "planning",
      assignee: { id: w.talent.id, name: "Tam", avatarUrl: null },
      dueDate: inDays(9),
      completedAt: null,
    });
    expect((await w.talent.get(`${tasks}/${body.id}`)).body).toEqual(body);
  });

  test("accepts a task without a description and with a due date in the past", async () => {
    const { description: _, ...short } = aTask({ dueDate: inDays(-1) });
    const body = await made(w.creator.post(tasks, short));
    expect(body).toMatchObject({ description: "", dueDate: inDays(-1) });
  });

  test("is refused for invalid fields, wrong assignees, users without the right and unknown projects", async () => {
    for (const [assigneeId, why] of [
      [w.otherTalent.id, "not on the team"],
      [w.creator.id, "the creator"],
      [unknownId, "unknownId"],
    ] as const) {
      expect(refusal(await w.creator.post(tasks, aTask({ assigneeId }))), why).toEqual(
        refused(400, "ASSIGNEE_NOT_MEMBER"),
      );
    }
    for (const stranger of [w.talent, w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.post(tasks, aTask()))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.post(`/projects/${unknownId}/tasks`, aTask()))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    expect(refusal(await w.creator.post(tasks, {}))).toEqual(
      invalid("name", "assigneeId", "dueDate"),
    );
    const bad = {
      name: "",
      description: 1,
      assigneeId: "tam",
      dueDate: "soon",
      status: "completed",
    };
    expect(refusal(await w.creator.post(tasks, bad))).toEqual(
      invalid("name", "description", "assigneeId", "dueDate", "status"),
    );
  });
});

describe("reading tasks", () => {
  test("the creator and the team see all tasks of the project", async () => {
    for (const reader of [w.creator, w.talent]) {
      const { status, body } = await reader.get(tasks);
      expect(status).toBe(200);
      expect(body.tasks.map(({ id }: { id: string }) => id)).toContain(w.task.id);
      expect(body.pagination.limit).toBe(100);
    }
    expect((await w.talent.get(task)).body.projectName).toBe("Trailer");
    for (const stranger of [w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.get(tasks))).toEqual(refused(403, "FORBIDDEN"));
      expect(refusal(await stranger.get(task))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.get(`${tasks}/${unknownId}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("returns 404 for a task of another project", async () => {
    const other = await world();
    expect(refusal(await w.creator.get(`${tasks}/${other.task.id}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("GET /tasks lists a talent's own and all of a creator's tasks, filtered and sorted", async () => {
    const { creator, talent, project, otherTalent } = await world();
    await made(creator.post(`/projects/${project.id}/team`, { userId: otherTalent.id }));
    const add = (name: string, assigneeId: string, days: number) =>
      made(
        creator.post(`/projects/${project.id}/tasks`, { name, assigneeId, dueDate: inDays(days) }),
      );
    await add("Late", otherTalent.id, 40);
    await add("Early", talent.id, 1);
    const names = async (reader: typeof creator, query = "") => {
      const { status, body } = await reader.get(`/tasks${query}`);
      expect(status, query).toBe(200);
      return body.tasks.map(({ name }: { name: string }) => name);
    };
    expect(await names(creator)).toEqual(["Early", "Rough cut", "Late"]);
    expect(await names(creator, "?sort=-dueDate")).toEqual(["Late", "Rough cut", "Early"]);
    expect(await names(talent)).toEqual(["Early", "Rough cut"]);
    expect(await names(creator, `?assigneeId=${otherTalent.id}`)).toEqual(["Late"]);
    expect(await names(creator, `?projectId=${unknownId}`)).toEqual([]);
    expect(await names(creator, `?dueFrom=${inDays(7)}&dueTo=${inDays(40)}`)).toEqual([
      "Rough cut",
      "Late",
    ]);
    expect(await names(creator, "?status=completed")).toEqual([]);
    expect(await names(creator, "?limit=1&page=2")).toEqual(["Rough cut"]);
    expect(
      refusal(await creator.get("/tasks?status=open&dueFrom=x&projectId=1&assigneeId=2")),
    ).toEqual(invalid("status", "dueFrom", "projectId", "assigneeId"));
    expect(refusal(await creator.get(`/tasks?dueFrom=${inDays(2)}&dueTo=${inDays(1)}`))).toEqual(
      invalid("dueFrom"),
    );
    expect(
      (await creator.get(`/projects/${project.id}/tasks?assigneeId=${talent.id}&status=planning`))
        .body.tasks,
    ).toHaveLength(2);
  });
});

describe("updating a task", () => {
  test("the assignee can change the status and nothing else", async () => {
    const moved = await w.talent.put(task, { status: "completed" });
    expect(moved.status).toBe(200);
    expect(moved.body.completedAt).not.toBeNull();
    expect((await w.creator.get(`/projects/${w.project.id}`)).body.completedTaskCount).toBe(1);
    const back = await w.talent.put(task, { status: "in-progress" });
    expect(back.body).toMatchObject({ status: "in-progress", completedAt: null });

    for (const more of [{ name: "Mine" }, { dueDate: inDays(99) }, { assigneeId: w.talent.id }]) {
      const reply = await w.talent.put(task, { status: "completed", ...more });
      expect(refusal(reply)).toEqual(refused(403, "STATUS_ONLY"));
    }
    expect((await w.talent.get(task)).body).toEqual(back.body);
    expect(refusal(await w.talent.put(task, { status: "done" }))).toEqual(invalid("status"));
  });

  test("the creator can change every field", async () => {
    const given = { name: "New", description: "", status: "planning", dueDate: inDays(20) };
    const { status, body } = await w.creator.put(task, given);
    expect(status).toBe(200);
    expect(body).toMatchObject(given);
    expect(refusal(await w.creator.put(task, { assigneeId: w.otherTalent.id }))).toEqual(
      refused(400, "ASSIGNEE_NOT_MEMBER"),
    );
    expect(refusal(await w.creator.put(task, { projectId: unknownId, completedAt: null }))).toEqual(
      invalid("projectId", "completedAt"),
    );
    expect(refusal(await w.creator.put(task, { name: " ", dueDate: "2027-13-01" }))).toEqual(
      invalid("name", "dueDate"),
    );
  });

  test("other members and strangers can change nothing", async () => {
    const member = await person("talent");
    await made(w.creator.post(`/projects/${w.project.id}/team`, { userId: member.id }));
    for (const other of [member, w.otherTalent, w.otherCreator]) {
      expect(refusal(await other.put(task, { status: "completed" }))).toEqual(
        refused(403, "FORBIDDEN"),
      );
    }
  });
});

test("only the creator can delete a task", async () => {
  const { id } = await made(w.creator.post(tasks, aTask()));
  for (const other of [w.talent, w.otherCreator, w.otherTalent]) {
    expect(refusal(await other.delete(`${tasks}/${id}`))).toEqual(refused(403, "FORBIDDEN"));
  }
  expect((await w.creator.delete(`${tasks}/${id}`)).status).toBe(204);
  expect(refusal(await w.talent.get(`${tasks}/${id}`))).toEqual(refused(404, "NOT_FOUND"));
  expect(refusal(await w.creator.delete(`${tasks}/${id}`))).toEqual(refused(404, "NOT_FOUND"));
});
