import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { password, someEmail } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { anonymousClient, signUp } from "../world/through-supabase-js.ts";
import { buildWorld, db, done, leaves, one, refused, rowOf, sql, type World } from "./world.ts";

/** Identity: user types, email addresses, sessions, and when access ends. */
let world: World;

beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => sql.end());

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

/** A client that keeps using a token after its session has ended. */
const holderOf = (token: string) =>
  createClient(apiUrl, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers: { Authorization: `Bearer ${token}` } },
  });

const tokenOf = async ({ client }: { client: World["creator"]["client"] }) =>
  (await client.auth.getSession()).data.session?.access_token ?? "";

describe("the user type", () => {
  test("is not taken from metadata that a user can write", async () => {
    const talent = await signUp("talent");
    await done(talent.client.auth.updateUser({ data: { userType: "creator", role: "admin" } }));
    const { data } = await talent.client.auth.refreshSession();
    expect(claimsOf(data.session?.access_token ?? "")).toMatchObject({
      userType: "talent",
      userId: talent.id,
      role: "authenticated",
    });
    const { error } = await talent.client
      .schema("api")
      .rpc("create_project", { name: "A", description: "B", dueDate: inDays(3) });
    expect([error?.code, error?.hint]).toEqual(["PT403", "CREATOR_ONLY"]);
    await refused(
      talent.client
        .from("projects")
        .insert({ name: "A", description: "B", due_date: inDays(3) })
        .select(),
    );
    const projects = db.selectFrom("public.projects").where("creator_id", "=", talent.id);
    expect(await projects.select("id").execute()).toEqual([]);
  });

  test("never changes", async () => {
    const { member } = world;
    await leaves(
      "profiles",
      member.id,
      member.client.from("profiles").update({ user_type: "creator" }).eq("id", member.id).select(),
      member.client.schema("api").rpc("update_me", { patch: { userType: "creator" } }),
    );
  });

  test.each([{ userType: "admin" }, { userType: undefined }, { userType: "talent", name: " " }])(
    "must be valid at sign-up: %o",
    async (wrong) => {
      const email = someEmail();
      const data = { name: "Robin", ...wrong };
      const answer = await anonymousClient().auth.signUp({ email, password, options: { data } });
      expect(answer.error?.status).toBeGreaterThanOrEqual(400);
      expect(answer.error?.status).toBeLessThan(500);
      expect(await sql`select id from auth.users where email = ${email}`).toEqual([]);
    },
  );

  test("gives no access to Auth's admin functions", async () => {
    const listed = await world.member.client.auth.admin.listUsers();
    expect(listed.error?.status).toBeGreaterThanOrEqual(401);
    const { error } = await world.member.client.auth.admin.deleteUser(world.creator.id);
    expect(error?.status).toBeGreaterThanOrEqual(401);
    expect(await rowOf("profiles", world.creator.id)).toBeDefined();
  });
});

describe("profiles", () => {
  test("of creators are visible to themselves only", async () => {
    const { creator, otherCreator, member } = world;
    for (const { client } of [otherCreator, member]) {
      expect(await one(client.from("profiles").select().eq("id", creator.id))).toEqual([]);
      const { error } = await client.schema("api").rpc("get_user", { userId: creator.id });
      expect([error?.code, error?.hint]).toEqual(["PT403", "PROFILE_PRIVATE"]);
    }
    expect(
      await one(creator.client.from("profiles").select("id").eq("user_type", "creator")),
    ).toEqual([{ id: creator.id }]);
  });

  test("never show an email address", async () => {
    const { creator, member, projectId } = world;
    const { error } = await member.client.from("profiles").select("email");
    expect(error?.code).toBe("42703");
    const api = member.client.schema("api");
    const answers = [
      await member.client.from("profiles").select(),
      await member.client.from("projects").select("*, profiles(*)"),
      await member.client.from("project_members").select("*, profiles(*)"),
      await api.rpc("get_project", { projectId }),
      await api.rpc("list_projects"),
      await api.rpc("list_tasks"),
      await api.rpc("get_user", { userId: world.assignee.id }),
    ];
    const responses = JSON.stringify(answers.map(({ data }) => data));
    for (const { email } of [creator, world.assignee]) expect(responses).not.toContain(email);
  });

  test("cannot be changed by other users", async () => {
    const { creator, member, assignee } = world;
    await leaves(
      "profiles",
      assignee.id,
      ...[creator, member].map(({ client }) =>
        client.from("profiles").update({ name: "Hacked" }).eq("id", assignee.id).select(),
      ),
      assignee.client.from("profiles").delete().eq("id", assignee.id).select(),
      assignee.client.from("profiles").update({ average_rating: 5 }).eq("id", assignee.id).select(),
      assignee.client
        .from("profiles")
        .update({ deleted_at: "2020-01-01" })
        .eq("id", assignee.id)
        .select(),
    );
  });

  test.each([
    { company_name: "Talents have none" },
    { hourly_rate: 4.99 },
    { hourly_rate: 500.01 },
    { bio: "x".repeat(501) },
    { skills: ["Juggling swords"] },
    { portfolio_links: ["javascript:alert(1)"] },
    { linkedin_url: "https://user:secret@example.com" },
    { availability: "whenever" },
    { name: "" },
  ])("enforce the validation rules on the table: %o", async (patch) => {
    const { member } = world;
    await leaves(
      "profiles",
      member.id,
      member.client.from("profiles").update(patch).eq("id", member.id).select(),
    );
  });
});

describe("a visitor", () => {
  test("can read no table except the list of skills", async () => {
    const visitor = anonymousClient();
    for (const table of ["profiles", "projects", "project_members", "tasks"]) {
      await refused(visitor.from(table).select());
    }
  });

  test("can write nothing", async () => {
    const visitor = anonymousClient();
    await leaves(
      "projects",
      world.projectId,
      visitor.from("projects").update({ name: "Mine" }).eq("id", world.projectId).select(),
      visitor.from("projects").delete().eq("id", world.projectId).select(),
      visitor
        .from("projects")
        .insert({ name: "A", description: "B", due_date: inDays(3) })
        .select(),
      visitor.from("skills").insert({ name: "Juggling" }).select(),
    );
  });

  test.each(["get_me", "list_projects", "list_tasks", "export_me"])(
    "cannot call %s",
    async (name) => {
      const { status } = await anonymousClient().schema("api").rpc(name);
      expect(status).toBe(401);
    },
  );
});

describe("access ends", () => {
  test("for a token as soon as its session is signed out", async () => {
    const { creator, projectId } = await buildWorld();
    const held = holderOf(await tokenOf(creator));
    expect(await one(held.from("projects").select("id"))).toEqual([{ id: projectId }]);
    const { data } = await creator.client.auth.getSession();
    await done(creator.client.auth.signOut({ scope: "local" }));

    for (const table of ["profiles", "projects", "project_members", "tasks"]) {
      expect(await one(held.from(table).select())).toEqual([]);
    }
    const { error } = await held.schema("api").rpc("get_me");
    expect([error?.code, error?.hint]).toEqual(["PT401", "SESSION_REVOKED"]);
    await leaves(
      "projects",
      projectId,
      held.from("projects").update({ name: "Late" }).eq("id", projectId).select(),
      held
        .from("projects")
        .insert({ name: "Late", description: "B", due_date: inDays(3) })
        .select(),
    );
    const renewal = await anonymousClient().auth.refreshSession({
      refresh_token: data.session?.refresh_token ?? "",
    });
    expect(renewal.error?.code).toBe("refresh_token_not_found");
  });

  test("for a removed member at once, together with their open tasks", async () => {
    const { creator, assignee, projectId, taskId } = await buildWorld();
    await done(
      creator.client.schema("api").rpc("remove_team_member", { projectId, userId: assignee.id }),
    );
    for (const [table, column] of [
      ["projects", "id"],
      ["project_members", "project_id"],
      ["tasks", "project_id"],
    ] as const) {
      expect(await one(assignee.client.from(table).select().eq(column, projectId))).toEqual([]);
    }
    expect(await rowOf("tasks", taskId)).toMatchObject({ assignee_id: null });
    await leaves(
      "tasks",
      taskId,
      assignee.client.from("tasks").update({ status: "completed" }).eq("id", taskId).select(),
    );
    const { error } = await assignee.client.schema("api").rpc("get_project", { projectId });
    expect([error?.code, error?.hint]).toEqual(["PT403", "FORBIDDEN"]);
  });

  test("for everyone when a project is deleted, together with its tasks", async () => {
    const { creator, member, assignee, projectId, taskId } = await buildWorld();
    await done(creator.client.schema("api").rpc("delete_project", { projectId }));
    for (const { client } of [creator, member, assignee]) {
      for (const [table, column] of [
        ["projects", "id"],
        ["project_members", "project_id"],
        ["tasks", "project_id"],
      ] as const) {
        expect(await one(client.from(table).select().eq(column, projectId))).toEqual([]);
      }
      const { error } = await client.schema("api").rpc("get_project", { projectId });
      expect([error?.code, error?.hint]).toEqual(["PT404", "NOT_FOUND"]);
    }
    await leaves(
      "tasks",
      taskId,
      creator.client.from("tasks").update({ name: "Late" }).eq("id", taskId).select(),
      assignee.client.from("tasks").update({ status: "completed" }).eq("id", taskId).select(),
      creator.client
        .from("tasks")
        .insert({
          project_id: projectId,
          name: "Late",
          assignee_id: assignee.id,
          due_date: inDays(3),
        })
        .select(),
    );
    await refused(
      creator.client
        .from("project_members")
        .insert({ project_id: projectId, user_id: world.stranger.id })
        .select(),
    );
  });

  test("for everyone when a task is deleted", async () => {
    const { creator, assignee, projectId, taskId } = await buildWorld();
    await done(creator.client.schema("api").rpc("delete_task", { projectId, taskId }));
    for (const { client } of [creator, assignee]) {
      expect(await one(client.from("tasks").select().eq("id", taskId))).toEqual([]);
    }
    await leaves(
      "tasks",
      taskId,
      assignee.client.from("tasks").update({ status: "completed" }).eq("id", taskId).select(),
    );
  });
});
