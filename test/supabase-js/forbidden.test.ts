import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import { signUp } from "../world/through-supabase-js.ts";
import { buildWorld, db, leaves, one, refused, rowOf, sql, type World } from "./world.ts";

/** What the documents forbid, tried with plain supabase-js on the tables. */
let world: World;

beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => sql.end());

const project = () => ({ name: "Forged", description: "Not allowed", due_date: inDays(30) });
const forged = () =>
  db.selectFrom("public.projects").select("id").where("name", "=", "Forged").execute();

describe("projects", () => {
  test("cannot be inserted in another creator's name", async () => {
    const { creator, otherCreator, member } = world;
    for (const { client } of [otherCreator, member]) {
      const { error } = await client
        .from("projects")
        .insert({ ...project(), creator_id: creator.id });
      expect(error?.code).toMatch(/^42501$|^PT403$/);
    }
    expect(await forged()).toEqual([]);
  });

  test("cannot be inserted by a talent", async () => {
    await refused(world.member.client.from("projects").insert(project()).select());
    expect(await forged()).toEqual([]);
  });

  test.each([
    { creator_id: "00000000-0000-4000-8000-000000000000" },
    { task_count: 99 },
    { completed_task_count: 99 },
    { completed_at: "2020-01-01" },
    { created_at: "2020-01-01" },
    { deleted_at: "2020-01-01" },
  ])("refuse derived columns to their creator: %o", async (patch) => {
    const { creator, projectId } = world;
    await leaves(
      "projects",
      projectId,
      creator.client.from("projects").update(patch).eq("id", projectId).select(),
    );
    await refused(
      creator.client
        .from("projects")
        .insert({ ...project(), ...patch })
        .select(),
    );
    expect(await forged()).toEqual([]);
  });

  test("can be changed by their creator only", async () => {
    const { otherCreator, member, assignee, stranger, projectId } = world;
    await leaves(
      "projects",
      projectId,
      ...[otherCreator, member, assignee, stranger].map(({ client }) =>
        client.from("projects").update({ name: "Mine" }).eq("id", projectId).select(),
      ),
    );
  });

  test("cannot be deleted directly, even by their creator", async () => {
    const { creator, otherCreator, member, projectId } = world;
    await leaves(
      "projects",
      projectId,
      ...[creator, otherCreator, member].map(({ client }) =>
        client.from("projects").delete().eq("id", projectId).select(),
      ),
    );
  });

  test("are invisible to strangers and other creators", async () => {
    const { otherCreator, stranger, projectId } = world;
    for (const { client } of [otherCreator, stranger]) {
      expect(await one(client.from("projects").select().eq("id", projectId))).toEqual([]);
      for (const table of ["project_members", "tasks"]) {
        expect(await one(client.from(table).select().eq("project_id", projectId))).toEqual([]);
      }
    }
  });

  test.each([
    [{ due_date: inDays(0) }, "dueDate"],
    [{ name: "   " }, "name"],
    [{ name: "x".repeat(256) }, "name"],
    [{ description: "" }, "description"],
    [{ description: "x".repeat(10_001) }, "description"],
  ])("enforce the validation rules on the table: %#", async (patch, field) => {
    const { error } = await world.creator.client
      .from("projects")
      .insert({ ...project(), ...patch });
    expect([error?.code, error?.hint]).toEqual(["PT400", "VALIDATION_ERROR"]);
    expect(JSON.parse(error?.details ?? "")).toEqual([expect.objectContaining({ field })]);
  });

  test("refuse an unknown status", async () => {
    const { creator, projectId } = world;
    await leaves(
      "projects",
      projectId,
      creator.client.from("projects").update({ status: "active" }).eq("id", projectId).select(),
    );
  });
});

describe("teams", () => {
  test("get members from the project creator only", async () => {
    const { otherCreator, member, stranger, projectId } = world;
    const newcomer = await signUp("talent");
    for (const { client } of [otherCreator, member, stranger, newcomer]) {
      await refused(
        client
          .from("project_members")
          .insert({ project_id: projectId, user_id: newcomer.id })
          .select(),
      );
    }
    const rows = await db
      .selectFrom("public.project_members")
      .select("id")
      .where("user_id", "=", newcomer.id)
      .execute();
    expect(rows).toEqual([]);
  });

  test("contain no creators and each talent once", async () => {
    const { creator, otherCreator, member, projectId } = world;
    const team = creator.client.from("project_members");
    const colleague = await team.insert({ project_id: projectId, user_id: otherCreator.id });
    expect([colleague.error?.code, colleague.error?.hint]).toEqual(["PT400", "NOT_TALENT"]);
    const again = await team.insert({ project_id: projectId, user_id: member.id });
    expect([again.error?.code, again.error?.hint]).toEqual(["PT400", "ALREADY_MEMBER"]);
  });

  test("have memberships that cannot be rewritten or deleted directly", async () => {
    const { creator, otherCreator, member, assignee, projectId } = world;
    const { id } = await db
      .selectFrom("public.project_members")
      .select("id")
      .where("project_id", "=", projectId)
      .where("user_id", "=", assignee.id)
      .executeTakeFirstOrThrow();
    for (const { client } of [creator, otherCreator, member, assignee]) {
      const table = () => client.from("project_members");
      await leaves(
        "project_members",
        id,
        table().update({ removed_at: "2020-01-01" }).eq("id", id).select(),
        table().update({ user_id: world.stranger.id }).eq("id", id).select(),
        table().delete().eq("id", id).select(),
      );
    }
  });
});

describe("tasks", () => {
  test("get their status from the assignee and the creator only", async () => {
    const { otherCreator, member, stranger, taskId } = world;
    await leaves(
      "tasks",
      taskId,
      ...[otherCreator, member, stranger].map(({ client }) =>
        client.from("tasks").update({ status: "completed" }).eq("id", taskId).select(),
      ),
    );
  });

  test.each([
    { name: "Mine" },
    { description: "Mine" },
    { due_date: inDays(90) },
    { status: "completed", name: "Mine" },
  ])("allow their assignee to change the status and nothing else: %o", async (patch) => {
    const { assignee, taskId } = world;
    const before = await rowOf("tasks", taskId);
    const { error } = await assignee.client.from("tasks").update(patch).eq("id", taskId).select();
    expect([error?.code, error?.hint]).toEqual(["PT403", "STATUS_ONLY"]);
    expect(await rowOf("tasks", taskId)).toEqual(before);
  });

  test("cannot be reassigned by their assignee", async () => {
    const { assignee, member, taskId } = world;
    await leaves(
      "tasks",
      taskId,
      assignee.client.from("tasks").update({ assignee_id: member.id }).eq("id", taskId).select(),
    );
  });

  test.each([
    { project_id: "00000000-0000-4000-8000-000000000000" },
    { completed_at: "2020-01-01" },
    { created_at: "2020-01-01" },
    { deleted_at: "2020-01-01" },
    { id: "00000000-0000-4000-8000-000000000000" },
  ])("refuse derived columns to the creator: %o", async (patch) => {
    const { creator, taskId } = world;
    await leaves(
      "tasks",
      taskId,
      creator.client.from("tasks").update(patch).eq("id", taskId).select(),
    );
  });

  test("can be inserted by the project creator only", async () => {
    const { otherCreator, member, assignee, stranger, projectId } = world;
    for (const { client } of [otherCreator, member, assignee, stranger]) {
      const task = { name: "Forged", assignee_id: assignee.id, due_date: inDays(7) };
      await refused(
        client
          .from("tasks")
          .insert({ project_id: projectId, ...task })
          .select(),
      );
    }
    const tasks = db.selectFrom("public.tasks").select("id").where("name", "=", "Forged");
    expect(await tasks.execute()).toEqual([]);
  });

  test("cannot be deleted directly, even by their creator", async () => {
    const { creator, assignee, member, taskId } = world;
    await leaves(
      "tasks",
      taskId,
      ...[creator, assignee, member].map(({ client }) =>
        client.from("tasks").delete().eq("id", taskId).select(),
      ),
    );
  });

  test("require an assignee on the team, on insert and on update", async () => {
    const { creator, stranger, projectId, taskId } = world;
    const tasks = () => creator.client.from("tasks");
    const due_date = inDays(7);
    const made = await tasks().insert({
      project_id: projectId,
      name: "Forged",
      assignee_id: stranger.id,
      due_date,
    });
    expect([made.error?.code, made.error?.hint]).toEqual(["PT400", "ASSIGNEE_NOT_MEMBER"]);
    const before = await rowOf("tasks", taskId);
    const given = await tasks().update({ assignee_id: stranger.id }).eq("id", taskId);
    expect([given.error?.code, given.error?.hint]).toEqual(["PT400", "ASSIGNEE_NOT_MEMBER"]);
    expect(await rowOf("tasks", taskId)).toEqual(before);
  });
});

describe("hidden parts of the database", () => {
  test("include everything in the schema private", async () => {
    for (const { client } of [world.creator, world.member]) {
      const hidden = client.schema("private");
      for (const answer of [
        await hidden.rpc("require_session"),
        await hidden.rpc("note_login_failure", { p_email: "a@example.com", p_ip: "192.0.2.1" }),
        await hidden.from("outbox").select(),
        await hidden.from("error_catalogue").select(),
      ]) {
        expect([answer.status, answer.error?.code]).toEqual([406, "PGRST106"]);
      }
      for (const schema of ["public", "api"]) {
        const { status } = await client.schema(schema).rpc("require_session");
        expect(status).toBe(404);
      }
    }
  });

  test("include the tables of Auth", async () => {
    for (const table of ["users", "sessions", "refresh_tokens", "identities"]) {
      const { status } = await world.creator.client.schema("auth").from(table).select();
      expect(status).toBe(406);
    }
  });

  test("an invalid id is refused before any lookup", async () => {
    const { error } = await world.creator.client.from("projects").select().eq("id", "42");
    expect(error?.code).toBe("22P02");
    await refused(world.creator.client.schema("api").rpc("get_project", { projectId: "42" }));
  });
});
