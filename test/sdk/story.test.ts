import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { inDays } from "../world/projects.ts";
import { membership, pagination, project, task } from "./responses.ts";
import { aProject, type Person, person, type Team, team } from "./support.ts";

describe("a project from start to end", () => {
  let creator: Person;
  let talent: Person;
  let projectId: string;
  let taskId: string;

  beforeAll(async () => {
    [creator, talent] = await Promise.all([
      person("creator", "Cleo Crown"),
      person("talent", "Tara Tell"),
    ]);
  });

  test("the creator creates a project", async () => {
    const made = project.parse(await creator.onswift.projects.create(aProject()).orThrow());
    expect(made).toMatchObject({
      ...aProject(),
      creatorId: creator.id,
      status: "planning",
      taskCount: 0,
      completedTaskCount: 0,
      teamMembers: [],
      completedAt: null,
    });
    projectId = made.id;
  });

  test("the creator adds a talent to the team", async () => {
    const added = await creator.onswift.team
      .add(projectId, { userId: talent.id, role: "Editor" })
      .orThrow();
    expect(membership.parse(added)).toMatchObject({ projectId, userId: talent.id, role: "Editor" });
    const seen = project.parse(await talent.onswift.projects.get(projectId).orThrow());
    expect(seen.teamMembers).toEqual([
      expect.objectContaining({ id: talent.id, name: "Tara Tell", role: "Editor" }),
    ]);
  });

  test("the creator assigns a task to the talent", async () => {
    const made = await creator.onswift.tasks
      .create(projectId, { name: "Rough cut", assigneeId: talent.id, dueDate: inDays(7) })
      .orThrow();
    expect(task.parse(made)).toMatchObject({
      projectId,
      projectName: "Trailer",
      name: "Rough cut",
      description: "",
      status: "planning",
      assignee: { id: talent.id, name: "Tara Tell", avatarUrl: null },
      dueDate: inDays(7),
    });
    taskId = made.id;
  });

  test("the talent finds the task and changes its status", async () => {
    const { tasks } = await talent.onswift.tasks.list().orThrow();
    expect(tasks.map(({ id }) => id)).toEqual([taskId]);
    const moved = await talent.onswift.tasks.setStatus(projectId, taskId, "completed").orThrow();
    expect(task.parse(moved).completedAt).not.toBeNull();
    const { taskCount, completedTaskCount } = await creator.onswift.projects
      .get(projectId)
      .orThrow();
    expect([taskCount, completedTaskCount]).toEqual([1, 1]);
  });

  test("the creator updates project and task", async () => {
    const changed = await creator.onswift.projects
      .update(projectId, { name: "Teaser", status: "in-progress" })
      .orThrow();
    expect(project.parse(changed)).toMatchObject({
      name: "Teaser",
      description: "Sixty seconds",
      status: "in-progress",
    });
    const reopened = await creator.onswift.tasks
      .update(projectId, taskId, { status: "planning", description: "From the top" })
      .orThrow();
    expect(task.parse(reopened)).toMatchObject({ status: "planning", completedAt: null });
    expect(await talent.onswift.tasks.get(projectId, taskId).orThrow()).toEqual(reopened);
  });

  test("the task loses its assignee when the talent leaves", async () => {
    expect(await talent.onswift.team.leave(projectId)).toEqual({ data: null, error: null });
    const { data } = await creator.onswift.tasks.get(projectId, taskId);
    expect(data?.assignee).toBeNull();
    expect((await talent.onswift.projects.get(projectId)).error?.code).toBe("FORBIDDEN");
    await creator.onswift.team.add(projectId, { userId: talent.id }).orThrow();
    await creator.onswift.team.remove(projectId, talent.id).orThrow();
  });

  test("the creator deletes task and project", async () => {
    await creator.onswift.tasks.delete(projectId, taskId).orThrow();
    expect((await creator.onswift.tasks.get(projectId, taskId)).error?.code).toBe("NOT_FOUND");
    await creator.onswift.projects.delete(projectId).orThrow();
    expect((await creator.onswift.projects.get(projectId)).error?.code).toBe("NOT_FOUND");
  });
});

describe("lists", () => {
  let world: Team;
  const projectPage = z.strictObject({ projects: z.array(project), pagination });
  const taskPage = z.strictObject({ tasks: z.array(task), pagination });

  beforeAll(async () => {
    world = await team();
    const { tasks, projects } = world.creator.onswift;
    for (let number = 2; number <= 5; number++) {
      const task = { name: `Task ${number}`, assigneeId: world.talent.id, dueDate: inDays(number) };
      await tasks.create(world.projectId, task).orThrow();
      await projects.create({ ...aProject(), name: `Project ${number}` }).orThrow();
    }
  });

  test("lists have the documented fields and all six of pagination", async () => {
    const { creator, projectId } = world;
    const projects = projectPage.parse(await creator.onswift.projects.list({ limit: 2 }).orThrow());
    expect(projects.pagination).toEqual({
      page: 1,
      limit: 2,
      total: 5,
      totalPages: 3,
      hasNext: true,
      hasPrev: false,
    });
    expect(projects.projects.map(({ name }) => name)).toEqual(["Project 5", "Project 4"]);
    taskPage.parse(await creator.onswift.tasks.list(projectId).orThrow());
    taskPage.parse(await creator.onswift.tasks.list().orThrow());
  });

  test("iterating a list covers all pages", async () => {
    const { creator, talent, projectId } = world;
    const names: string[] = [];
    for await (const { name } of creator.onswift.projects.list({ limit: 2, sort: "name" })) {
      names.push(name);
    }
    expect(names).toEqual(["Project 2", "Project 3", "Project 4", "Project 5", "Trailer"]);
    const due: string[] = [];
    for await (const { dueDate } of talent.onswift.tasks.list(projectId, { limit: 2 })) {
      due.push(dueDate);
    }
    expect(due).toEqual([2, 3, 4, 5, 7].map(inDays));
  });

  test("lists can be filtered", async () => {
    const { creator, talent, projectId, taskId } = world;
    await talent.onswift.tasks.setStatus(projectId, taskId, "in-progress").orThrow();
    const ids = async (list: PromiseLike<{ data: { tasks: readonly { id: string }[] } | null }>) =>
      (await list).data?.tasks.map(({ id }) => id);
    const { tasks } = creator.onswift;
    expect(await ids(tasks.list(projectId, { status: "in-progress" }))).toEqual([taskId]);
    expect(await ids(tasks.list({ dueFrom: inDays(6), dueTo: inDays(8) }))).toEqual([taskId]);
    expect(await ids(tasks.list({ assigneeId: creator.id }))).toEqual([]);
    expect(await ids(tasks.list({ projectId, sort: "-dueDate", limit: 1 }))).toEqual([taskId]);
    const { data } = await creator.onswift.projects.list({ status: "completed" });
    expect(data?.pagination).toMatchObject({ total: 0, totalPages: 0, hasNext: false });
  });
});
