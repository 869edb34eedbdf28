import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import { anonymousClient, type Person, signUp } from "../world/through-supabase-js.ts";
import { done, one, sql } from "./world.ts";

/** A project from start to end, with plain supabase-js on the tables. */
describe("a project from start to end with supabase-js", () => {
  let creator: Person;
  let talent: Person;
  let projectId: string;
  let taskId: string;

  beforeAll(async () => {
    [creator, talent] = await Promise.all([signUp("creator", "Cleo"), signUp("talent", "Tara")]);
    return () => sql.end();
  });

  test("the creator inserts a project and owns it without naming creator_id", async () => {
    const { data, error } = await creator.client
      .from("projects")
      .insert({ name: "Trailer", description: "Sixty seconds", due_date: inDays(30) })
      .select()
      .single();
    expect(error).toBeNull();
    expect(data).toMatchObject({
      creator_id: creator.id,
      status: "planning",
      task_count: 0,
      completed_task_count: 0,
      completed_at: null,
    });
    projectId = data.id;
    await done(
      creator.client.from("projects").insert({
        creator_id: creator.id,
        name: "Explicit",
        description: "With creator_id",
        due_date: inDays(30),
      }),
    );
  });

  test("the talent does not see the project", async () => {
    expect(await one(talent.client.from("projects").select())).toEqual([]);
  });

  test("the creator finds the talent and adds them to the team", async () => {
    const found = await one(
      creator.client.from("profiles").select("id, name").eq("id", talent.id).single(),
    );
    const member = await one(
      creator.client
        .from("project_members")
        .insert({ project_id: projectId, user_id: found.id, role: "Editor" })
        .select()
        .single(),
    );
    expect(member).toMatchObject({ role: "Editor", removed_at: null });
    expect(member.joined_at).toBeTruthy();
  });

  test("the talent sees the project and its team", async () => {
    const project = await one(
      talent.client.from("projects").select("name, project_members(user_id)").single(),
    );
    expect(project).toEqual({ name: "Trailer", project_members: [{ user_id: talent.id }] });
  });

  test("the creator assigns tasks to the talent", async () => {
    const tasks = await one(
      creator.client
        .from("tasks")
        .insert([
          {
            project_id: projectId,
            name: "Rough cut",
            assignee_id: talent.id,
            due_date: inDays(7),
          },
          {
            project_id: projectId,
            name: "Fine cut",
            description: "After the rough one",
            assignee_id: talent.id,
            due_date: inDays(14),
          },
        ])
        .select(),
    );
    expect(tasks.map(({ description, status }) => [description, status])).toEqual([
      ["", "planning"],
      ["After the rough one", "planning"],
    ]);
    taskId = tasks[0].id;
  });

  test("the talent changes the status of their task", async () => {
    const move = (status: string) =>
      one(
        talent.client.from("tasks").update({ status }).eq("id", taskId).select("status").single(),
      );
    expect(await move("in-progress")).toEqual({ status: "in-progress" });
    expect(await move("completed")).toEqual({ status: "completed" });
    const task = await one(
      creator.client.from("tasks").select("completed_at").eq("id", taskId).single(),
    );
    expect(task.completed_at).not.toBeNull();
  });

  test("the project counts its tasks", async () => {
    const project = await one(
      talent.client
        .from("projects")
        .select("task_count, completed_task_count")
        .eq("id", projectId)
        .single(),
    );
    expect(project).toEqual({ task_count: 2, completed_task_count: 1 });
  });

  test("the creator updates project and task", async () => {
    const project = await one(
      creator.client
        .from("projects")
        .update({
          name: "Teaser",
          description: "Thirty seconds",
          status: "completed",
          due_date: inDays(60),
        })
        .eq("id", projectId)
        .select()
        .single(),
    );
    expect(project).toMatchObject({ name: "Teaser", status: "completed", due_date: inDays(60) });
    expect(project.completed_at).not.toBeNull();
    const task = await one(
      creator.client
        .from("tasks")
        .update({ name: "Rougher cut", status: "planning" })
        .eq("id", taskId)
        .select()
        .single(),
    );
    expect(task).toMatchObject({ name: "Rougher cut", status: "planning", completed_at: null });
  });

  test("the talent updates their profile", async () => {
    const profile = await one(
      talent.client
        .from("profiles")
        .update({
          bio: "  Cuts.  ",
          hourly_rate: 75.5,
          skills: ["figma", "Figma", "video editing"],
          availability: "available_now",
        })
        .eq("id", talent.id)
        .select()
        .single(),
    );
    expect(profile).toMatchObject({
      bio: "Cuts.",
      hourly_rate: 75.5,
      skills: ["Figma", "Video Editing"],
      profile_completion_percentage: 55,
    });
  });

  test("a visitor reads the list of skills", async () => {
    const skills = await one(anonymousClient().from("skills").select("name"));
    expect(skills.length).toBeGreaterThanOrEqual(60);
  });
});
