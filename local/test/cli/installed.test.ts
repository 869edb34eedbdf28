/** `npx embedded-supabase` in the folder of another Supabase project. */
import { readFile } from "node:fs/promises";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Descriptor, findRunning } from "../../src/descriptor.ts";
import { until } from "../support/http.ts";
import { InstalledProject, type Output } from "./installed.ts";

const files = {
  "config.toml": `
    project_id = "notebook"
    [db.migrations]
    schema_paths = ["./schemas/*.sql"]
    [db.seed]
    sql_paths = ["./seed.sql"]
  `,
  "seed.sql": "insert into public.topics values ('seeded');",
  "migrations/20250101000000_notes.sql": `
    create table public.topics (name text primary key);
    grant select on public.topics to service_role;
    create table public.notes (
      id bigint generated always as identity primary key,
      author uuid not null default auth.uid() references auth.users on delete cascade,
      text text not null
    );
    alter table public.notes enable row level security;
    create policy "authors read their notes" on public.notes
      for select to authenticated using (author = (select auth.uid()));
    create policy "authors write their notes" on public.notes
      for insert to authenticated with check (author = (select auth.uid()));
    grant select, insert on public.notes to authenticated;
  `,
  "migrations/20250102000000_papers.sql": `
    insert into storage.buckets (id, name) values ('papers', 'papers');
    create policy "users keep papers in their folder" on storage.objects
      for all to authenticated
      using (bucket_id = 'papers' and (storage.foldername(name))[1] = (select auth.uid())::text)
      with check (bucket_id = 'papers' and (storage.foldername(name))[1] = (select auth.uid())::text);
  `,
  "functions/greet/index.ts": `
    import { createGreeting } from "../_shared/greeting.ts";
    Deno.serve(async (request) => Response.json({ text: createGreeting((await request.json()).name) }));
  `,
  "functions/_shared/greeting.ts":
    "export const createGreeting = (name: string): string => 'Hello, ' + name + '!';",
};

let project: InstalledProject;
let running: Promise<Output> | undefined;

beforeAll(async () => {
  project = await InstalledProject.create(files);
}, 120_000);

afterAll(async () => {
  await project.npx("stop");
  await project.remove();
});

const dataDir = () => `${project.folder}/.supabase-data`;

/** Starts the stack in the background, as in another terminal. */
async function start(): Promise<Descriptor> {
  let ended: Output | undefined;
  running = project.npx("start", "--port", "0");
  void running.then((output) => {
    ended = output;
  });
  let about: Descriptor | undefined;
  await until(
    "the stack is ready",
    async () => {
      if (ended !== undefined) throw new Error(`It ended with ${ended.code}:\n${ended.text}`);
      about = await findRunning(dataDir());
      return about !== undefined;
    },
    60_000,
  );
  return about as Descriptor;
}

async function stop(): Promise<Output | undefined> {
  const { code, text } = await project.npx("stop");
  expect([code, text]).toEqual([0, expect.stringContaining("Stopped.")]);
  return running;
}

const client = (about: Descriptor): SupabaseClient =>
  createClient(about.API_URL, about.PUBLISHABLE_KEY, {
    auth: { persistSession: false, autoRefreshToken: false },
  });

const password = "correct horse battery";

async function signUp(about: Descriptor, email: string): Promise<SupabaseClient> {
  const user = client(about);
  const { data, error } = await user.auth.signUp({ email, password });
  expect(error).toBeNull();
  expect(data.session).not.toBeNull();
  return user;
}

async function signIn(about: Descriptor, email: string) {
  const user = client(about);
  const { error, data } = await user.auth.signInWithPassword({ email, password });
  return { user, error, id: data.user?.id ?? "" };
}

test("serves the project's accounts, rows, files and functions with its policies", async () => {
  const about = await start();
  const ada = await signUp(about, "ada@example.com");
  const bob = await signUp(about, "bob@example.com");
  const adaId = (await ada.auth.getUser()).data.user?.id ?? "";

  expect((await ada.from("notes").insert({ text: "mine" })).error).toBeNull();
  expect((await ada.from("notes").select("text")).data).toEqual([{ text: "mine" }]);
  expect((await bob.from("notes").select("text")).data).toEqual([]);
  const foreign = await bob.from("notes").insert({ author: adaId, text: "forged" });
  expect(foreign.error?.code).toBe("42501");

  const papers = (user: SupabaseClient) => user.storage.from("papers");
  const path = `${adaId}/thesis.txt`;
  expect((await papers(ada).upload(path, "On engines", { contentType: "text/plain" })).error).toBe(
    null,
  );
  expect(await (await papers(ada).download(path)).data?.text()).toBe("On engines");
  expect((await papers(bob).download(path)).error).not.toBeNull();
  expect((await papers(bob).upload(`${adaId}/forged.txt`, "x")).error).not.toBeNull();

  const greeting = await ada.functions.invoke("greet", { body: { name: "Ada" } });
  expect(greeting.data).toEqual({ text: "Hello, Ada!" });
}, 120_000);

test("`status` prints addresses and keys as table, shell variables and JSON", async () => {
  const about = await findRunning(dataDir());
  const json = await project.npx("status", "-o", "json");
  expect([json.code, JSON.parse(json.text)]).toEqual([0, about]);
  const env = await project.npx("status", "-o", "env");
  expect(env.text).toContain(`PUBLISHABLE_KEY="${about?.PUBLISHABLE_KEY}"`);
  expect((await project.npx("status")).text).toContain(about?.API_URL);
}, 60_000);

test("a running stack prevents a second start and a reset", async () => {
  for (const command of ["start", "reset"]) {
    const { code, text } = await project.npx(command);
    expect(code).toBe(1);
    expect(text).toMatch(
      /already running with the data in .*\.supabase-data \(process \d+\)\. Stop/,
    );
  }
  expect(await findRunning(dataDir())).toBeDefined();
}, 60_000);

test("`stop` stops the stack, and does nothing if it is not running", async () => {
  const output = await stop();
  expect(output?.code).toBe(0);
  expect(output?.text).toContain("Everything committed is kept.");
  expect((await project.npx("status")).code).toBe(1);
  expect(await project.npx("stop")).toEqual({
    code: 0,
    text: expect.stringContaining("No stack is running"),
  });
}, 60_000);

test("a second start keeps data and keys", async () => {
  const about = await start();
  const { user, id } = await signIn(about, "ada@example.com");
  expect((await user.from("notes").select("text")).data).toEqual([{ text: "mine" }]);
  const file = await user.storage.from("papers").download(`${id}/thesis.txt`);
  expect(await file.data?.text()).toBe("On engines");
  const again = await project.npx("status", "-o", "json");
  expect(JSON.parse(again.text)).toEqual(about);
  await stop();
}, 120_000);

test("`reset` removes data, applies migrations and seeds, and keeps the keys", async () => {
  const before = JSON.parse(await keys());
  const { code, text } = await project.npx("reset");
  expect([code, text]).toEqual([
    0,
    expect.stringMatching(/✓ Migrations[\s\S]*✓ Seeds[\s\S]*Reset/),
  ]);
  expect(JSON.parse(await keys())).toEqual(before);

  const about = await start();
  expect((await signIn(about, "ada@example.com")).error?.code).toBe("invalid_credentials");
  const ada = await signUp(about, "ada@example.com");
  expect((await ada.from("notes").select("text")).data).toEqual([]);
  const seeded = createClient(about.API_URL, about.SECRET_KEY).from("topics").select("name");
  expect((await seeded).data).toEqual([{ name: "seeded" }]);
  await stop();
}, 120_000);

test("rejects unknown commands and options with the usage", async () => {
  const unknown = await project.npx("begin");
  expect([unknown.code, unknown.text]).toEqual([
    1,
    expect.stringMatching(/Unknown command "begin"[\s\S]*Usage: embedded-supabase/),
  ]);
  expect((await project.npx("start", "--prot", "1")).code).toBe(1);
  const { version } = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect((await project.npx("--version")).text.trim()).toBe(version);
}, 60_000);

const keys = () => readFile(`${dataDir()}/keys.json`, "utf8");
