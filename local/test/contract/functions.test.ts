/** Edge functions through supabase-js and HTTP. */
import { FunctionsHttpError } from "@supabase/supabase-js";
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import { apiUrl, client, newUser, publishableKey, secretKey } from "./target.ts";

const functions = `${apiUrl}/functions/v1`;

describe("invoke", () => {
  test("sends JSON, headers and the key", async () => {
    const { data, error } = await client().functions.invoke("echo", {
      body: { a: 1 },
      headers: { "x-mine": "1" },
    });
    expect(error).toBeNull();
    expect(data).toMatchObject({
      method: "POST",
      body: '{"a":1}',
      headers: { "content-type": "application/json", apikey: publishableKey, "x-mine": "1" },
    });
    expect(new URL(data.url).pathname).toBe("/echo");
  });

  test("sends the user's token", async () => {
    const { client: own, session } = await newUser();
    const { data } = await own.functions.invoke("echo");
    expect(data.headers.authorization).toBe(`Bearer ${session.access_token}`);
  });

  test.each(["GET", "PUT", "PATCH", "DELETE"] as const)(
    "supports the method %s",
    async (method) => {
      const { data } = await client().functions.invoke("echo/below", { method });
      expect([data.method, new URL(data.url).pathname]).toEqual([method, "/echo/below"]);
    },
  );

  test("can read an event stream", async () => {
    const { data, error } = await client().functions.invoke("faulty/stream", { method: "GET" });
    expect(error).toBeNull();
    expect(await (data as Response).text()).toBe("data: one\n\ndata: two\n\ndata: three\n\n");
  });

  test("is accepted with a key or a user's token", async () => {
    expect((await client().functions.invoke("guarded")).data).toBe("let in");
    expect((await client(secretKey).functions.invoke("guarded")).data).toBe("let in");
    const { client: own } = await newUser();
    expect((await own.functions.invoke("guarded")).data).toBe("let in");
  });

  test("is rejected with an invalid token, with a JSON error", async () => {
    const { error } = await client().functions.invoke("guarded", {
      headers: { Authorization: "Bearer not.a.token" },
    });
    expect(error).toBeInstanceOf(FunctionsHttpError);
    const response = (error as FunctionsHttpError).context as Response;
    expect(response.status).toBe(401);
    expect(response.headers.get("sb-error-code")).toMatch(/^UNAUTHORIZED_/);
    expect(await response.json()).toMatchObject({
      code: expect.stringMatching(/^UNAUTHORIZED_/),
      message: expect.any(String),
    });
  });

  test("is rejected with 404 for an unknown function", async () => {
    const { error } = await client().functions.invoke("unknown");
    expect((error as FunctionsHttpError).context.status).toBe(404);
  });
});

test("without a key, functions with verify_jwt respond with 401 and others run", async () => {
  const closed = await ask(`${functions}/guarded`);
  expect(closed.status).toBe(401);
  expect(closed.headers["sb-error-code"]).toBe("UNAUTHORIZED_NO_AUTH_HEADER");
  expect((await ask(`${functions}/echo`)).status).toBe(200);
});

test("functions receive the platform's URLs and keys in their environment", async () => {
  const { data } = await client().functions.invoke("faulty/environment", { method: "GET" });
  expect(Object.keys(data)).toEqual(
    expect.arrayContaining([
      "SUPABASE_ANON_KEY",
      "SUPABASE_DB_URL",
      "SUPABASE_SERVICE_ROLE_KEY",
      "SUPABASE_URL",
    ]),
  );
});
