/** The gateway: keys, CORS, health, unsupported services. */
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import { apiUrl, isEmbedded, mailUrl, newUser, publishableKey, secretKey } from "./target.ts";

const origin = "https://app.example";

/** Reads a table that requires rights. Returns `granted`, or status and error code. */
async function access(headers: Record<string, string>): Promise<string> {
  const answer = await ask(`${apiUrl}/rest/v1/notes?select=id&limit=0`, { headers });
  if (answer.status === 200) return "granted";
  return `${answer.status} ${answer.json.code}`;
}

describe("keys", () => {
  test("give the rights of anon, service_role or the user of the token", async () => {
    const { session } = await newUser();
    const bearer = `Bearer ${session.access_token}`;
    expect(await access({ apikey: publishableKey })).toBe("401 42501");
    expect(await access({ apikey: secretKey })).toBe("granted");
    expect(await access({ apikey: secretKey, authorization: `Bearer ${secretKey}` })).toBe(
      "granted",
    );
    expect(await access({ apikey: publishableKey, authorization: bearer })).toBe("granted");
  });

  test("do not add rights to a user's token", async () => {
    const { session } = await newUser();
    const answer = await ask(`${apiUrl}/rest/v1/notes?id=gt.0`, {
      method: "DELETE",
      headers: { apikey: secretKey, authorization: `Bearer ${session.access_token}` },
    });
    expect(answer.status).toBe(403);
  });

  test.runIf(isEmbedded)(
    "are rejected from browsers if secret, as on hosted Supabase",
    async () => {
      const answer = await ask(`${apiUrl}/rest/v1/notes`, {
        headers: { apikey: secretKey, "user-agent": "Mozilla/5.0 (X11; Linux x86_64)" },
      });
      expect(answer.status).toBe(401);
    },
  );
});

describe("CORS", () => {
  test.each(["/rest/v1/notes", "/auth/v1/token"])(
    "allows pages of other origins to request %s",
    async (path) => {
      const answer = await ask(apiUrl + path, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers":
            "authorization,apikey,content-type,x-client-info,prefer,x-supabase-api-version,x-retry-count",
        },
      });
      expect(answer.status).toBeLessThan(300);
      expect(["*", origin]).toContain(answer.headers["access-control-allow-origin"]);
      const allowed = answer.headers["access-control-allow-headers"]?.toLowerCase() ?? "";
      for (const name of ["authorization", "apikey", "prefer", "x-retry-count"]) {
        expect(allowed === "*" || allowed.includes(name)).toBe(true);
      }
    },
  );

  test("allows pages of other origins to read responses and their headers", async () => {
    const { headers } = await ask(`${apiUrl}/rest/v1/notes`, {
      headers: { origin, apikey: publishableKey },
    });
    expect(["*", origin]).toContain(headers["access-control-allow-origin"]);
    expect(headers["access-control-expose-headers"]?.toLowerCase()).toContain("content-range");
  });

  test.runIf(isEmbedded)("leaves preflight requests to functions", async () => {
    const answer = await ask(`${apiUrl}/functions/v1/echo`, {
      method: "OPTIONS",
      headers: { origin },
    });
    expect(answer.json.method).toBe("OPTIONS");
  });
});

describe.runIf(isEmbedded)("the embedded stack", () => {
  test("reports the health of each part", async () => {
    const { status, json } = await ask(`${apiUrl}/health`);
    expect(status).toBe(200);
    expect(json.status).toBe("ok");
    expect(Object.keys(json.parts as object)).toEqual(
      expect.arrayContaining([
        "auth",
        "functions",
        "gateway",
        "mail",
        "postgres",
        "postgrest",
        "realtime",
        "storage",
      ]),
    );
  });

  test("responds with 501 to unsupported services", async () => {
    for (const path of ["/storage/v1/s3/x", "/realtime/v1/api/tenants", "/graphql/v1"]) {
      expect((await ask(apiUrl + path)).status).toBe(501);
    }
    expect((await ask(`${apiUrl}/nowhere`)).status).toBe(404);
  });

  test("adds a request id, and PostgREST's description has the public URL", async () => {
    const { headers } = await ask(`${apiUrl}/rest/v1/notes`, { headers: { apikey: secretKey } });
    expect(headers["x-request-id"]).toBeDefined();
    const about = await ask(`${apiUrl}/rest/v1/`, { headers: { apikey: secretKey } });
    expect(about.json.paths).toHaveProperty("/notes");
  });
});

test("the mail capture serves a page and an API", async () => {
  const page = await ask(mailUrl);
  expect(page.headers["content-type"]).toContain("text/html");
  const { status, json } = await ask(`${mailUrl}/api/v1/messages?limit=1`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ total: expect.any(Number), messages: expect.any(Array) });
  expect((await ask(`${mailUrl}/api/v1/message/nobody`)).status).toBe(404);
});
