/** What a session without the second factor can reach, and attacks on the factor, with plain supabase-js and REST. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, describe, expect, test } from "vitest";
import { mailTo } from "../rest/mail.ts";
import { Caller } from "../rest/support.ts";
import { password } from "../world/people.ts";
import { codeOf, signedInLongAgo, wrongCodeOf } from "../world/second-factor.ts";
import { apiUrl, openDatabase, publishableKey } from "../world/stack.ts";
import { anonymousClient, call, type Person, signUp } from "../world/through-supabase-js.ts";

const sql = openDatabase();
afterAll(() => sql.end());

interface Protected extends Person {
  readonly factorId: string;
  readonly secret: string;
}

async function enroll(client: SupabaseClient) {
  const { data, error } = await client.auth.mfa.enroll({ factorType: "totp" });
  if (error) throw error;
  return { factorId: data.id, secret: data.totp.secret };
}

const verify = ({ auth }: SupabaseClient, factorId: string, code: string) =>
  auth.mfa.challengeAndVerify({ factorId, code });

async function protectedPerson(): Promise<Protected> {
  const owner = await signUp("talent");
  const { factorId, secret } = await enroll(owner.client);
  expect((await verify(owner.client, factorId, codeOf(secret))).error).toBeNull();
  return { ...owner, factorId, secret };
}

/** The owner, or somebody else who knows the password, on another device. */
async function withPassword(owner: Person): Promise<Person> {
  const client = anonymousClient();
  await client.auth.signInWithPassword({ email: owner.email, password });
  return { ...owner, client };
}

const sessionOf = async ({ client }: Person) => {
  const { session } = (await client.auth.getSession()).data;
  if (session === null) throw new Error("There is no session.");
  return session;
};

describe("a session that knows only the password", () => {
  test("reads and changes nothing, at any door", async () => {
    const owner = await protectedPerson();
    const thief = await withPassword(owner);
    expect((await call(thief, "get_me", {})).code).toBe("MFA_REQUIRED");
    expect((await call(thief, "export_me", {})).code).toBe("MFA_REQUIRED");
    expect((await thief.client.from("profiles").select()).data).toEqual([]);
    expect((await thief.client.from("notification_preferences").select()).data).toEqual([]);
    const renamed = await thief.client
      .from("profiles")
      .update({ name: "Eve" })
      .eq("id", owner.id)
      .select();
    expect(renamed.data ?? []).toEqual([]);

    const statuses: string[] = [];
    const channel = thief.client.channel(`user:${owner.id}`, { config: { private: true } });
    channel.subscribe((status) => statuses.push(status));
    await expect.poll(() => statuses).toContain("CHANNEL_ERROR");
    await thief.client.removeAllChannels();

    const rest = new Caller();
    rest.token = (await sessionOf(thief)).access_token;
    for (const path of ["/users/me", "/projects", "/auth/sessions", "/auth/security-log"]) {
      const { status, body } = await rest.get(path);
      expect([status, body.error.code], path).toEqual([403, "MFA_REQUIRED"]);
    }
    expect((await call(owner, "get_me", {})).data).toMatchObject({ name: "Robin" });
  });

  test("uploads nothing, also not to a place that the owner has reserved", async () => {
    const owner = await protectedPerson();
    const thief = await withPassword(owner);
    const bytes = new Uint8Array(16);
    const reservation = { fileName: "a.png", mimeType: "image/png", fileSize: bytes.length };
    const { data: place } = await call(owner, "create_upload", {
      uploadType: "avatar",
      ...reservation,
    });
    const upload = ({ client }: Person) =>
      client.storage.from(place.bucket).upload(place.path, bytes, { contentType: "image/png" });
    expect((await upload(thief)).error).not.toBeNull();
    expect((await upload(owner)).error).toBeNull();
  });

  test("changes neither password nor address, at Auth or in the database", async () => {
    const owner = await protectedPerson();
    const thief = await withPassword(owner);
    const newPassword = "Other-horse-8!";
    for (const change of [{ password: newPassword }, { email: `new-${owner.email}` }]) {
      expect((await thief.client.auth.updateUser(change)).error?.code).toBe("insufficient_aal");
    }
    const passwords = { currentPassword: password, newPassword };
    expect((await call(thief, "change_password", passwords)).code).toBe("MFA_REQUIRED");
    const address = { password, newEmail: `new-${owner.email}` };
    expect((await call(thief, "change_email", address)).code).toBe("MFA_REQUIRED");
    expect((await call(thief, "delete_me", { password })).code).toBe("MFA_REQUIRED");
    expect((await withPassword(owner).then(sessionOf)).user.email).toBe(owner.email);
  });

  test("neither removes the factor nor adds another one", async () => {
    const owner = await protectedPerson();
    const { auth } = (await withPassword(owner)).client;
    const { factorId } = owner;
    expect((await auth.mfa.unenroll({ factorId })).error?.code).toBe("insufficient_aal");
    const other = await auth.mfa.enroll({ factorType: "totp", friendlyName: "Mine" });
    expect(other.error?.code).toBe("insufficient_aal");
  });

  test("signs out", async () => {
    const owner = await protectedPerson();
    const rest = new Caller();
    const { body } = await rest.post("/auth/login", { email: owner.email, password });
    expect(body).toMatchObject({ user: { id: owner.id, name: "Robin" }, mfaRequired: true });
    rest.token = body.accessToken;
    expect((await rest.post("/auth/logout")).status).toBe(204);
  });
});

test("a client of the REST API verifies the code at Auth and goes on with the new token", async () => {
  const { email, factorId, secret } = await protectedPerson();
  const rest = new Caller();
  const { body } = await rest.post("/auth/login", { email, password });
  const atAuth = async (path: string, content: object) => {
    const response = await fetch(`${apiUrl}/auth/v1/factors/${factorId}/${path}`, {
      method: "POST",
      headers: {
        apikey: publishableKey,
        authorization: `Bearer ${body.accessToken}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(content),
    });
    return response.json();
  };
  const { id } = await atAuth("challenge", {});
  const tokens = await atAuth("verify", { challenge_id: id, code: codeOf(secret) });
  rest.token = tokens.access_token;
  expect((await rest.get("/users/me")).status).toBe(200);
  const renewed = await rest.post("/auth/refresh", { refreshToken: tokens.refresh_token });
  rest.token = renewed.body.accessToken;
  expect((await rest.get("/users/me")).status).toBe(200);
});

describe("a code", () => {
  test("can be guessed 5 times; then the right one is refused and the owner gets a mail", async () => {
    const owner = await protectedPerson();
    const thief = await withPassword(owner);
    const statuses: unknown[] = [];
    for (let guess = 0; guess < 8; guess += 1) {
      const code = guess === 7 ? codeOf(owner.secret) : wrongCodeOf(owner.secret);
      statuses.push((await verify(thief.client, owner.factorId, code)).error?.status);
    }
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429, 429, 429]);
    await mailTo(owner.email, /Wrong codes/);
    // The owner stays signed in and sees it.
    const { data } = await call(owner, "list_security_events", {});
    const failed = data.events.filter(({ type }: { type: string }) => type === "factor_failed");
    expect(failed).toHaveLength(5);
    // Neither another device nor another sign-in starts a new count.
    const again = await withPassword(owner);
    const code = codeOf(owner.secret);
    expect((await verify(again.client, owner.factorId, code)).error?.status).toBe(429);
  });
});

describe("a stolen token", () => {
  test("cannot lock the owner out with a factor of the thief", async () => {
    const owner = await signUp("talent");
    await signedInLongAgo(sql, owner.id);
    const { factorId, secret } = await enroll(owner.client);
    expect((await verify(owner.client, factorId, codeOf(secret))).error?.status).toBe(403);
    // Also not in the minutes after the owner has signed in on another device.
    await withPassword(owner);
    expect((await verify(owner.client, factorId, codeOf(secret))).error?.status).toBe(500);
    expect((await call(await withPassword(owner), "get_me", {})).code).toBeUndefined();
    const [factor] = await sql`select status::text from auth.mfa_factors where id = ${factorId}`;
    expect(factor?.status).toBe("unverified");
  });

  test("adds a factor after its holder has confirmed the password", async () => {
    const owner = await signUp("talent");
    await signedInLongAgo(sql, owner.id);
    expect((await call(owner, "confirm_password", { password })).code).toBeUndefined();
    const { factorId, secret } = await enroll(owner.client);
    expect((await verify(owner.client, factorId, codeOf(secret))).error).toBeNull();
  });

  test("from before the verification stays without access", async () => {
    const owner = await protectedPerson();
    const device = await withPassword(owner);
    const before = await sessionOf(device);
    expect((await verify(device.client, owner.factorId, codeOf(owner.secret))).error).toBeNull();
    const holder = createClient(apiUrl, publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers: { Authorization: `Bearer ${before.access_token}` } },
    });
    expect((await holder.schema("api").rpc("get_me")).error?.hint).toBe("MFA_REQUIRED");
    expect((await holder.from("profiles").select()).data).toEqual([]);
    const { refresh_token } = before;
    expect((await anonymousClient().auth.refreshSession({ refresh_token })).error).not.toBeNull();
  });
});

test("who has lost the device gets back when an administrator removes the factor", async () => {
  const owner = await protectedPerson();
  const device = await withPassword(owner);
  expect((await call(device, "get_me", {})).code).toBe("MFA_REQUIRED");
  const admin = createClient(apiUrl, process.env.SECRET_KEY ?? "", {
    auth: { persistSession: false },
  }).auth.admin;
  const { error } = await admin.mfa.deleteFactor({ userId: owner.id, id: owner.factorId });
  expect(error).toBeNull();
  expect((await call(device, "get_me", {})).code).toBeUndefined();
  await mailTo(owner.email, /second factor was removed/);
});
