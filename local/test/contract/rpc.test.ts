/** Database functions over the API: the caller's identity, and errors that functions raise. */
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import { admin, apiUrl, client, newUser, publishableKey, secretKey } from "./target.ts";

describe("the caller", () => {
  test("is anon, service_role or the user, depending on key and token", async () => {
    expect((await client().rpc("whoami")).data).toMatchObject({ role: "anon", uid: null });
    expect((await admin.rpc("whoami")).data).toMatchObject({ role: "service_role" });
    const { client: own, user } = await newUser();
    const { data } = await own.rpc("whoami", undefined, { get: true });
    expect(data).toMatchObject({
      role: "authenticated",
      uid: user.id,
      claims: { sub: user.id, role: "authenticated", email: user.email, aal: "aal1" },
    });
  });

  test("is the user with either key", async () => {
    const { user, session } = await newUser();
    for (const apikey of [publishableKey, secretKey]) {
      const { json } = await ask(`${apiUrl}/rest/v1/rpc/whoami`, {
        headers: { apikey, authorization: `Bearer ${session.access_token}` },
      });
      expect(json).toMatchObject({ role: "authenticated", uid: user.id });
    }
  });

  test("is never service_role with a wrong key", async () => {
    for (const apikey of [`${secretKey}x`, "sb_secret_wrong", "wrong"]) {
      for (const authorization of [`Bearer ${apikey}`, apikey]) {
        const answer = await ask(`${apiUrl}/rest/v1/rpc/whoami`, {
          headers: { apikey, authorization },
        });
        expect(answer.text).not.toContain('"service_role"');
      }
    }
  });

  test("has an address that the database can read", async () => {
    const { json } = await ask(`${apiUrl}/rest/v1/rpc/whoami`, {
      headers: { apikey: publishableKey },
    });
    expect((json.headers as Record<string, string>)["x-forwarded-for"]).toMatch(/^[0-9a-f.:]+/);
  });
});

describe("a raised error", () => {
  const refuse = (state: string) =>
    client().rpc("refuse", {
      state,
      message: "Not today",
      detail: '[{"field":"day"}]',
      hint: "TOO_EARLY",
    });

  test.each([400, 401, 403, 404, 409, 413, 429])(
    "with SQLSTATE PTnnn sets the status %i",
    async (status) => {
      const answer = await refuse(`PT${status}`);
      expect(answer.status).toBe(status);
      expect(answer.error).toMatchObject({
        code: `PT${status}`,
        message: "Not today",
        details: '[{"field":"day"}]',
        hint: "TOO_EARLY",
      });
    },
  );

  test.each([
    ["P0001", 400],
    ["23505", 409],
    ["22023", 400],
    ["42501", 401],
  ])("with SQLSTATE %s has the status %i", async (state, status) => {
    const answer = await refuse(state);
    expect([answer.status, answer.error?.code]).toEqual([status, state]);
  });
});
