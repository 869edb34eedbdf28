import { expect, test } from "vitest";
import { password, someAddress, someEmail } from "../world/people.ts";
import { aProject, inDays } from "../world/projects.ts";
import { rest } from "../world/stack.ts";
import { signUp } from "../world/through-supabase-js.ts";
import { crowd, ranOutOfTime } from "./crowd.ts";

test("of two sign-ups with one email address, one succeeds and the other gets EMAIL_EXISTS", async () => {
  const email = someEmail();
  const answers = await crowd(2, async (index) => {
    const response = await fetch(`${rest}/auth/signup`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": someAddress() },
      body: JSON.stringify({
        email: index === 0 ? email : email.toUpperCase(),
        password,
        name: "Twin",
        userType: "talent",
      }),
    });
    return { status: response.status, body: await response.json() };
  });
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  expect(answers.find((answer) => answer.status === 409)?.body.error.code).toBe("EMAIL_EXISTS");
});

test("a talent added ten times at once becomes a member once", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const api = creator.client.schema("api");
  const { data: project } = await api.rpc("create_project", aProject());
  const answers = await crowd(10, async () =>
    api.rpc("add_team_member", { projectId: project.id, userId: talent.id }),
  );
  expect(answers.filter((answer) => answer.error === null)).toHaveLength(1);
  for (const { error } of answers) {
    if (error !== null) expect([error.code, error.hint]).toEqual(["PT400", "ALREADY_MEMBER"]);
  }
  const { data: members } = await creator.client
    .from("project_members")
    .select("id")
    .eq("project_id", project.id);
  expect(members).toHaveLength(1);
});

test("nothing that is added to a project at the moment of its deletion stays visible", async () => {
  const [creator, ...talents] = await Promise.all([
    signUp("creator"),
    signUp("talent"),
    signUp("talent"),
  ]);
  const api = creator.client.schema("api");
  for (let round = 0; round < 8; round += 1) {
    const { data: project } = await api.rpc("create_project", aProject());
    const [assignee, other] = talents.map(({ id }) => id);
    await api.rpc("add_team_member", { projectId: project.id, userId: assignee });
    const task = { projectId: project.id, assigneeId: assignee, dueDate: inDays(3) };
    const { data: before } = await api.rpc("create_task", { ...task, name: "Before" });
    const answers = await Promise.all([
      api.rpc("create_task", { ...task, name: "Meanwhile" }),
      api.rpc("add_team_member", { projectId: project.id, userId: other }),
      api.rpc("update_task", {
        projectId: project.id,
        taskId: before.id,
        patch: { status: "completed" },
      }),
      api.rpc("delete_project", { projectId: project.id }),
    ]);
    expect(answers.map(({ error }) => error?.code).filter((code) => code === "40P01")).toEqual([]);
    for (const table of ["tasks", "project_members"]) {
      for (const { client } of [creator, ...talents]) {
        const { data: stray } = await client.from(table).select("id").eq("project_id", project.id);
        expect(stray).toEqual([]);
      }
    }
  }
});

test("a task is never assigned to a talent who is removed at the same moment", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const api = creator.client.schema("api");
  const { data: project } = await api.rpc("create_project", aProject());
  for (let round = 0; round < 8; round += 1) {
    await api.rpc("add_team_member", { projectId: project.id, userId: talent.id });
    await Promise.all([
      api.rpc("create_task", {
        projectId: project.id,
        name: `Round ${round}`,
        assigneeId: talent.id,
        dueDate: inDays(3),
      }),
      api.rpc("remove_team_member", { projectId: project.id, userId: talent.id }),
    ]);
    const { data: stray } = await creator.client
      .from("tasks")
      .select("id")
      .eq("project_id", project.id)
      .eq("assignee_id", talent.id);
    expect(stray).toEqual([]);
  }
});

test("task counts are exact after tasks are created and completed at once", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const api = creator.client.schema("api");
  const { data: project } = await api.rpc("create_project", aProject());
  await api.rpc("add_team_member", { projectId: project.id, userId: talent.id });
  await crowd(20, async (index) => {
    const { data: task, error } = await api.rpc("create_task", {
      projectId: project.id,
      name: `Task ${index}`,
      assigneeId: talent.id,
      dueDate: inDays(3),
    });
    if (ranOutOfTime(error)) return;
    expect(error).toBeNull();
    if (index % 2 === 0) {
      await talent.client.schema("api").rpc("update_task", {
        projectId: project.id,
        taskId: task.id,
        patch: { status: "completed" },
      });
    }
  });
  const { data } = await api.rpc("get_project", { projectId: project.id });
  const { data: tasks } = await creator.client
    .from("tasks")
    .select("status")
    .eq("project_id", project.id);
  const completed = tasks?.filter(({ status }) => status === "completed");
  expect(tasks?.length).toBeGreaterThan(1);
  expect([data.taskCount, data.completedTaskCount]).toEqual([tasks?.length, completed?.length]);
});

test("of ten requests for a verification mail at once, two are sent beside the one of the sign-up", async () => {
  const talent = await signUp("talent");
  const answers = await crowd(10, async () => {
    const { error } = await talent.client.schema("api").rpc("resend_verification");
    return error?.hint ?? "sent";
  });
  expect(answers.sort()).toEqual([...Array(8).fill("RATE_LIMITED"), "sent", "sent"]);
});
