import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import { expect, test } from "vitest";
import { until } from "../support/http.ts";
import { appClient, newAccount, target } from "./target.ts";

/** Edge functions through `functions.invoke` and plain HTTP. */
export function functions(): void {
  const url = (path: string) => `${target().url}/functions/v1${path}`;

  const failure = async (
    client: SupabaseClient,
    name: string,
    headers?: Record<string, string>,
  ) => {
    const options = headers === undefined ? {} : { headers };
    const { error } = await client.functions.invoke(name, options);
    expect(error).toBeInstanceOf(FunctionsHttpError);
    return (error as FunctionsHttpError).context as Response;
  };

  test("a function sees method, path, query, headers and body", async () => {
    const { data, error } = await appClient().functions.invoke("echo/deep?x=1", {
      body: { hello: "there" },
      headers: { "x-own": "1" },
    });
    expect(error).toBeNull();
    const seen = new URL(data.url);
    expect([seen.pathname, seen.search]).toEqual(["/echo/deep", "?x=1"]);
    expect(data).toMatchObject({
      method: "POST",
      body: '{"hello":"there"}',
      headers: {
        "content-type": "application/json",
        "x-own": "1",
        apikey: target().publishableKey,
      },
    });
    expect(data.headers).not.toHaveProperty("sb-api-key");
  });

  test("a user's token reaches the function as it is", async () => {
    const { client } = await newAccount();
    const token = (await client.auth.getSession()).data.session?.access_token;
    const { data } = await client.functions.invoke("echo", { method: "GET" });
    expect(data.headers.authorization).toBe(`Bearer ${token}`);
  });

  test("verify_jwt wants any token of the project: a user's or a key's", async () => {
    expect((await appClient().functions.invoke("guarded")).data).toBe("let in");
    const { client } = await newAccount();
    expect((await client.functions.invoke("guarded")).data).toBe("let in");

    const missing = await fetch(url("/guarded"), { method: "POST" });
    expect(missing.status).toBe(401);
    const context = await failure(appClient(), "guarded", { Authorization: "Bearer nonsense" });
    expect(context.status).toBe(401);
    expect(await context.json()).toHaveProperty("msg");
  });

  test("a function's own error keeps its status; an unknown function is 404", async () => {
    expect((await failure(appClient(), "moody/nothing")).status).toBe(404);
    const unknown = await failure(appClient(), "unknown");
    expect([unknown.status, await unknown.text()]).toEqual([404, "Function not found"]);
  });

  test("answers stream", async () => {
    const answer = await fetch(url("/moody/stream"));
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const pieces: string[] = [];
    for await (const piece of answer.body ?? []) pieces.push(Buffer.from(piece).toString());
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe("data: one\n\ndata: two\n\ndata: three\n\n");
  });

  test("work goes on after the answer", async () => {
    const finished = async () =>
      ((await (await fetch(url("/moody/finished"))).json()) as { finished: number }).finished;
    const before = await finished();
    expect(await (await fetch(url("/moody/later"))).text()).toBe("answered first");
    await until("the work is done", async () => (await finished()) > before);
  });

  test("a function reaches its project with what its environment holds", async () => {
    const { data, error } = await appClient().functions.invoke("moody/home", { method: "GET" });
    expect(error).toBeNull();
    expect(data).toMatchObject({ asApp: "anon", asServer: "service_role", database: "postgres" });
  });

  test("the sandbox holds", async () => {
    const { data } = await appClient().functions.invoke("moody/trespass", { method: "GET" });
    expect(data.allowed).not.toContain("run");
    expect(data.allowed).not.toContain("ffi");
  });

  test("a crash is an answer in the 500s, and healed", async () => {
    const crashed = await fetch(url("/moody/crash"));
    expect(crashed.status).toBeGreaterThanOrEqual(500);
    await until("the function is back", async () => (await fetch(url("/moody/finished"))).ok);
  });
}
