/** The data API on the fixture's table `notes`, for every kind of caller. */
import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import {
  admin,
  apiUrl,
  client,
  newUser,
  type Person,
  publishableKey,
  secretKey,
} from "./target.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = [await newUser(), await newUser()];
});

describe("a user", () => {
  test("can insert and read their own rows", async () => {
    const { data, error, status } = await ada.client
      .from("notes")
      .insert({ text: "mine" })
      .select()
      .single();
    expect([error, status]).toEqual([null, 201]);
    expect(data).toMatchObject({ id: expect.any(Number), owner_id: ada.user.id, text: "mine" });
    const { data: seen } = await bob.client.from("notes").select().eq("id", data.id);
    expect(seen).toEqual([]);
  });

  test("cannot insert rows for another user or use rights that are not granted", async () => {
    const forged = await bob.client.from("notes").insert({ text: "x", owner_id: ada.user.id });
    expect([forged.status, forged.error?.code]).toEqual([403, "42501"]);
    const changed = await bob.client.from("notes").update({ text: "x" }).gt("id", 0);
    expect([changed.status, changed.error?.code]).toEqual([403, "42501"]);
    const removed = await bob.client.from("notes").delete().gt("id", 0);
    expect([removed.status, removed.error?.code]).toEqual([403, "42501"]);
  });

  test("can count, filter, sort and page", async () => {
    const texts = ["p1", "p2", "p3", "p4", "p5"];
    await bob.client.from("notes").insert(texts.map((text) => ({ text })));
    const page = await bob.client
      .from("notes")
      .select("text", { count: "exact" })
      .like("text", "p%")
      .order("text", { ascending: false })
      .range(1, 2);
    expect([page.status, page.count]).toEqual([206, 5]);
    expect(page.data).toEqual([{ text: "p4" }, { text: "p3" }]);
    const head = await bob.client.from("notes").select("*", { count: "exact", head: true });
    expect([head.count, head.data]).toEqual([5, null]);
  });

  test("receives PostgREST's errors for invalid rows and requests", async () => {
    const empty = await ada.client.from("notes").insert({ text: "" });
    expect([empty.status, empty.error?.code]).toEqual([400, "23514"]);
    const missing = await ada.client.from("notes").insert({ text: null });
    expect([missing.status, missing.error?.code]).toEqual([400, "23502"]);
    const none = await ada.client.from("notes").select().eq("id", -1).single();
    expect([none.status, none.error?.code]).toEqual([406, "PGRST116"]);
    const maybe = await ada.client.from("notes").select().eq("id", -1).maybeSingle();
    expect([maybe.error, maybe.data]).toEqual([null, null]);
    const column = await ada.client.from("notes").select("nothing");
    expect([column.status, column.error?.code]).toEqual([400, "42703"]);
    const table = await ada.client.from("nowhere").select();
    expect(table.status).toBe(404);
    const routine = await ada.client.rpc("nothing");
    expect([routine.status, routine.error?.code]).toEqual([404, "PGRST202"]);
    const schema = await ada.client.schema("auth").from("users").select();
    expect([schema.status, schema.error?.code]).toEqual([406, "PGRST106"]);
  });

  test("receives errors for invalid values, unknown columns and relations, and pages beyond the end", async () => {
    const { client: own } = ada;
    const answers = [
      [400, "22P02", await own.from("notes").select().eq("owner_id", "no uuid")],
      [400, "PGRST204", await own.from("notes").insert({ nothing: 1 })],
      [400, "PGRST200", await own.from("notes").select("*, nothing(*)")],
      [416, "PGRST103", await own.from("notes").select("*", { count: "exact" }).range(90, 99)],
      [409, "23503", await admin.from("notes").insert({ text: "x", owner_id: unknownId })],
    ] as const;
    for (const [status, code, answer] of answers) {
      expect([answer.status, answer.error?.code]).toEqual([status, code]);
    }
  });

  test("cannot read schemas that are not exposed", async () => {
    const { status } = await ask(`${apiUrl}/rest/v1/users`, {
      headers: {
        apikey: publishableKey,
        authorization: `Bearer ${ada.session.access_token}`,
        "accept-profile": "auth",
      },
    });
    expect(status).toBe(406);
  });
});

describe("anonymous callers", () => {
  test("get 401 without granted rights", async () => {
    const { error, status } = await client().from("notes").select();
    expect([status, error?.code]).toEqual([401, "42501"]);
  });

  test("get 401 with an invalid or expired token", async () => {
    const expired = await new SignJWT({ role: "authenticated" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime("-1h")
      .sign(new TextEncoder().encode("another-secret-with-at-least-32-characters"));
    for (const token of ["nonsense", expired, `${ada.session.access_token.slice(0, -3)}abc`]) {
      const answer = await ask(`${apiUrl}/rest/v1/notes`, {
        headers: { apikey: publishableKey, authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(401);
      expect(answer.json).toMatchObject({ message: expect.any(String) });
    }
  });
});

describe("the secret key", () => {
  test("can read and change the rows of all users", async () => {
    const { data: note } = await ada.client
      .from("notes")
      .insert({ text: "seen" })
      .select()
      .single();
    const { data: seen } = await admin.from("notes").select("owner_id").eq("id", note.id).single();
    expect(seen).toEqual({ owner_id: ada.user.id });
    const changed = await admin
      .from("notes")
      .update({ text: "changed" })
      .eq("id", note.id)
      .select();
    expect(changed.data).toMatchObject([{ text: "changed" }]);
    expect((await admin.from("notes").delete().eq("id", note.id)).status).toBe(204);
    const after = await ada.client.from("notes").select().eq("id", note.id);
    expect(after.data).toEqual([]);
  });

  test("cannot update or delete rows without a filter", async () => {
    for (const method of ["DELETE", "PATCH"]) {
      const answer = await ask(`${apiUrl}/rest/v1/notes`, {
        method,
        headers: { apikey: secretKey, "content-type": "application/json" },
        body: '{"text":"x"}',
      });
      expect([answer.status, answer.json.code]).toEqual([400, "21000"]);
    }
  });
});

test("returns at most max_rows rows", async () => {
  const guest = await newUser();
  const many = Array.from({ length: 1001 }, (_, index) => ({
    owner_id: guest.user.id,
    text: `note ${index}`,
  }));
  expect((await admin.from("notes").insert(many)).error).toBeNull();
  expect((await guest.client.from("notes").select("id")).data).toHaveLength(1000);
});

test("deletes a user's rows with the account", async () => {
  const guest = await newUser();
  await guest.client.from("notes").insert({ text: "leaves" });
  await admin.auth.admin.deleteUser(guest.user.id);
  const { count } = await admin
    .from("notes")
    .select("*", { count: "exact", head: true })
    .eq("owner_id", guest.user.id);
  expect(count).toBe(0);
});

const unknownId = "00000000-0000-4000-8000-000000000000";
