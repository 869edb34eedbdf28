import { expect, test } from "vitest";
import { appClient, newAccount, serverClient, target } from "./target.ts";

const whoami = async (headers: Record<string, string>) => {
  const answer = await fetch(`${target().url}/rest/v1/rpc/whoami`, { headers });
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
};

/** Keys, addresses and CORS: the same for every service behind the door. */
export function gateway(): void {
  test("the publishable key is anon, the secret key service_role", async () => {
    const { publishableKey, secretKey } = target();
    expect(await whoami({ apikey: publishableKey })).toMatchObject({ user: "anon", role: "anon" });
    expect(await whoami({ apikey: secretKey })).toMatchObject({ user: "service_role" });
    // supabase-js sends the key twice as long as nobody is signed in.
    expect(await whoami({ apikey: secretKey, authorization: `Bearer ${secretKey}` })).toMatchObject(
      {
        user: "service_role",
      },
    );
    expect((await appClient().rpc("whoami")).data).toMatchObject({ user: "anon" });
    expect((await serverClient().rpc("whoami")).data).toMatchObject({ user: "service_role" });
  });

  test("a user's token wins over either key", async () => {
    const { client, id } = await newAccount();
    const token = (await client.auth.getSession()).data.session?.access_token;
    for (const apikey of [target().publishableKey, target().secretKey]) {
      expect(await whoami({ apikey, authorization: `Bearer ${token}` })).toMatchObject({
        user: "authenticated",
        uid: id,
      });
    }
    expect((await client.rpc("whoami")).data).toMatchObject({ user: "authenticated", uid: id });
  });

  test.runIf(process.env.SUPABASE_URL === undefined || process.env.ANON_KEY !== undefined)(
    "the legacy keys still work as tokens",
    async () => {
      const key = target().anonKey ?? "";
      expect(await whoami({ apikey: key, authorization: `Bearer ${key}` })).toMatchObject({
        user: "anon",
      });
    },
  );

  test("a wrong key opens nothing", async () => {
    for (const apikey of [`${target().secretKey}x`, "sb_secret_wrong", "wrong"]) {
      const answer = await whoami({ apikey, authorization: `Bearer ${apikey}` });
      expect(answer.user ?? "refused").not.toBe("service_role");
    }
  });

  test("the database knows the client's address", async () => {
    const { headers } = (await whoami({ apikey: target().publishableKey })) as {
      headers?: Record<string, string>;
    };
    expect(headers?.["x-forwarded-for"]).toMatch(/^[0-9a-f.:]+/);
  });

  test("a browser's preflight is answered for any origin and header", async () => {
    for (const path of ["/rest/v1/notes", "/auth/v1/token?grant_type=password"]) {
      const asked = "apikey,authorization,content-type,x-client-info,x-supabase-api-version,prefer";
      const answer = await fetch(target().url + path, {
        method: "OPTIONS",
        headers: {
          origin: "https://app.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": asked,
        },
      });
      expect(answer.ok).toBe(true);
      expect(answer.headers.get("access-control-allow-origin")).toMatch(
        /^(\*|https:\/\/app.example)$/,
      );
      expect(answer.headers.get("access-control-allow-methods")).toContain("PATCH");
      const allowed = answer.headers.get("access-control-allow-headers")?.toLowerCase() ?? "";
      for (const name of asked.split(",")) expect(allowed).toContain(name);
    }
  });

  test("a browser's script may read the answer and the headers that matter", async () => {
    const answer = await fetch(`${target().url}/rest/v1/notes?select=id`, {
      headers: { apikey: target().secretKey, origin: "https://app.example" },
    });
    expect(answer.headers.get("access-control-allow-origin")).toMatch(
      /^(\*|https:\/\/app.example)$/,
    );
    const exposed = answer.headers.get("access-control-expose-headers")?.toLowerCase() ?? "";
    expect(exposed).toContain("content-range");
  });

  test("functions answer preflights themselves", async () => {
    const answer = await fetch(`${target().url}/functions/v1/echo`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example" },
    });
    // The fixture's function does nothing special, and so no header comes from elsewhere.
    expect(await answer.json()).toMatchObject({ method: "OPTIONS" });
  });

  test("a path that belongs to nobody is 404", async () => {
    const headers = { apikey: target().publishableKey };
    expect((await fetch(`${target().url}/nothing/v1/x`, { headers })).status).toBe(404);
  });
}
