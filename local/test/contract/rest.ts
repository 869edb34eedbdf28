import { beforeAll, expect, test } from "vitest";
import { type Account, appClient, newAccount, serverClient, target } from "./target.ts";

/** PostgREST through supabase-js, as each kind of caller. */
export function rest(): void {
  let ann: Account;
  let ben: Account;

  beforeAll(async () => {
    [ann, ben] = await Promise.all([newAccount(), newAccount()]);
    await serverClient().from("notes").delete().neq("id", 0);
  });

  test("anon without a grant gets 401", async () => {
    const { status, error } = await appClient().from("notes").select();
    expect([status, error?.code]).toEqual([401, "42501"]);
  });

  test("a user writes and reads their own rows, and nobody else does", async () => {
    const inserted = await ann.client.from("notes").insert({ text: "ann's" }).select().single();
    expect(inserted.status).toBe(201);
    expect(inserted.data).toMatchObject({ text: "ann's", owner_id: ann.id });
    expect((await ben.client.from("notes").select()).data).toEqual([]);
    expect((await serverClient().from("notes").select()).data).toHaveLength(1);
  });

  test("a column or a verb that is not granted is 403", async () => {
    const forged = await ann.client.from("notes").insert({ text: "x", owner_id: ben.id });
    expect([forged.status, forged.error?.code]).toEqual([403, "42501"]);
    const changed = await ann.client.from("notes").update({ text: "y" }).eq("owner_id", ann.id);
    expect([changed.status, changed.error?.code]).toEqual([403, "42501"]);
  });

  test("counts, pages and single rows", async () => {
    await ann.client.from("notes").insert([{ text: "b" }, { text: "c" }]);
    const page = await ann.client.from("notes").select("text", { count: "exact" }).range(0, 1);
    expect([page.status, page.count, page.data?.length]).toEqual([206, 3, 2]);
    const head = await ann.client.from("notes").select("*", { count: "exact", head: true });
    expect([head.count, head.data]).toEqual([3, null]);
    const none = await ann.client.from("notes").select().eq("text", "nothing").single();
    expect([none.status, none.error?.code]).toEqual([406, "PGRST116"]);
    const maybe = await ann.client.from("notes").select().eq("text", "nothing").maybeSingle();
    expect([maybe.data, maybe.error]).toEqual([null, null]);
    const beyond = await ann.client.from("notes").select("*", { count: "exact" }).range(50, 60);
    expect([beyond.status, beyond.error?.code]).toEqual([416, "PGRST103"]);
  });

  test("no answer has more rows than max_rows", async () => {
    const server = serverClient();
    const many = Array.from({ length: 1001 }, (_, index) => ({
      owner_id: ben.id,
      text: `note ${index}`,
    }));
    expect((await server.from("notes").insert(many)).error).toBeNull();
    expect((await server.from("notes").select("id")).data).toHaveLength(1000);
    const gone = await server.from("notes").delete({ count: "exact" }).eq("owner_id", ben.id);
    expect(gone.count).toBe(1001);
  });

  test("errors keep the code that the database gave them", async () => {
    const { client } = ann;
    const failures = [
      [400, "23514", await client.from("notes").insert({ text: "" })],
      [400, "23502", await client.from("notes").insert({ text: null })],
      [400, "22P02", await client.from("notes").select().eq("owner_id", "no uuid")],
      [400, "42703", await client.from("notes").select("nothing")],
      [400, "PGRST204", await client.from("notes").insert({ nothing: 1 })],
      [400, "PGRST200", await client.from("notes").select("*, nothing(*)")],
      [404, "PGRST202", await client.rpc("nothing")],
      [406, "PGRST106", await client.schema("auth").from("users").select()],
      [409, "23503", await serverClient().from("notes").insert({ text: "x", owner_id: nobody })],
      [400, "P0001", await client.rpc("refuse", { state: "P0001", message: "no" })],
    ] as const;
    for (const [status, code, answer] of failures) {
      expect([answer.status, answer.error?.code]).toEqual([status, code]);
    }
    const table = await client.from("nothing").select();
    expect(table.status).toBe(404);
    expect(["42P01", "PGRST205"]).toContain(table.error?.code);
  });

  test("a function chooses the status with PTnnn", async () => {
    const { status, statusText, error } = await ann.client.rpc("refuse", {
      state: "PT402",
      message: "Pay first",
      detail: '[{"field":"purse"}]',
      hint: "NO_MONEY",
    });
    expect([status, statusText]).toEqual([402, "Pay first"]);
    expect(error).toMatchObject({
      code: "PT402",
      message: "Pay first",
      details: '[{"field":"purse"}]',
      hint: "NO_MONEY",
    });
  });

  test("a token that is not ours is 401", async () => {
    const { url, publishableKey: apikey } = target();
    const token = (await ann.client.auth.getSession()).data.session?.access_token ?? "";
    for (const bad of ["nonsense", `${token.slice(0, -4)}AAAA`]) {
      const headers = { apikey, authorization: `Bearer ${bad}` };
      const answer = await fetch(`${url}/rest/v1/notes`, { headers });
      expect(answer.status).toBe(401);
      expect(((await answer.json()) as { code: string }).code).toMatch(/^PGRST30[1-3]$/);
    }
  });

  test("a stable function may be called with GET", async () => {
    const { data, error } = await ann.client.rpc("whoami", undefined, { get: true });
    expect(error).toBeNull();
    expect(data).toMatchObject({ uid: ann.id, claims: { sub: ann.id, role: "authenticated" } });
  });
}

const nobody = "00000000-0000-4000-8000-000000000000";
