/**
 * A project from start to end with plain supabase-js: tables under row-level security, and the functions of the schema
 * `api`. Rows are typed by the generated types, results of functions by the SDK's types, which cost nothing at run time.
 *
 *   npm start                                # in one terminal
 *   npm run hire -w examples/supabase-js     # in another
 *
 * To use another backend, set API_URL and PUBLISHABLE_KEY.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { WithResults } from "@onswift/sdk";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../supabase/database.types.ts";

type OnSwiftClient = SupabaseClient<WithResults<Database>>;

const { url, key } = backendAddress();
const run = randomBytes(3).toString("hex");
const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const noor = await signUp("Noor Haddad", "creator");
const theo = await signUp("Theo Lindgren", "talent");

// The talent's profile is a row of their own.
done(
  await theo.client
    .from("profiles")
    .update({ professional_title: "Documentary editor", hourly_rate: 65 })
    .eq("id", theo.id),
);

// The search is a function: it ranks, counts and pages.
const search = await noor.client.schema("api").rpc("search_talent", { q: "documentary" });
const talent = dataOf(search).users.find(({ id }) => id === theo.id);
console.log(`Found: ${talent?.name}, $${talent?.hourlyRate}`);

// Columns that are not granted are set by the database: the creator, the status, the counters.
const project = dataOf(
  await noor.client
    .from("projects")
    .insert({ name: "Harbour lights", description: "The night ferry", due_date: inDays(60) })
    .select("id, status")
    .single(),
);
console.log(`The project is ${project.status}.`);
done(
  await noor.client
    .from("project_members")
    .insert({ project_id: project.id, user_id: theo.id, role: "Editor" }),
);
const task = dataOf(
  await noor.client
    .from("tasks")
    .insert({
      project_id: project.id,
      name: "Rough cut",
      assignee_id: theo.id,
      due_date: inDays(7),
    })
    .select("id")
    .single(),
);

// A file: reserve, upload, confirm. Storage accepts only what was reserved.
const pdf = new Blob(["%PDF-1.4\n%%EOF\n"], { type: "application/pdf" });
const upload = dataOf(
  await theo.client.schema("api").rpc("create_upload", {
    uploadType: "deliverable",
    fileName: "shots.pdf",
    fileSize: pdf.size,
    mimeType: pdf.type,
    projectId: project.id,
    taskId: task.id,
  }),
);
done(await theo.client.storage.from(upload.bucket).upload(upload.path, pdf));
done(await theo.client.schema("api").rpc("confirm_upload", { fileId: upload.fileId }));
const deliverable = dataOf(
  await theo.client.schema("api").rpc("submit_deliverable", {
    projectId: project.id,
    taskId: task.id,
    title: "Shots",
    files: [{ fileId: upload.fileId }],
  }),
);
console.log(`Submitted: ${deliverable.title}, version ${deliverable.versions.length}`);

// Errors: the code is in `hint`, the status in the SQLSTATE.
const refused = await theo.client
  .schema("api")
  .rpc("approve_deliverable", { deliverableId: deliverable.id });
console.log(`Theo approves it: ${refused.error?.hint} (${refused.error?.code})`);

const approved = dataOf(
  await noor.client.schema("api").rpc("approve_deliverable", { deliverableId: deliverable.id }),
);
console.log(`Noor approves it: ${approved.status}`);

// Visitors are granted nothing; other users see no row.
const visitor = await anonymous().from("projects").select("id");
console.log(`A visitor reads projects: ${visitor.error?.message}`);

async function signUp(name: string, userType: "creator" | "talent") {
  const client = anonymous();
  const email = `${userType}-${run}@example.com`;
  const options = { data: { name, userType } };
  const { data, error } = await client.auth.signUp({ email, password: "Quick-start-1", options });
  if (error || !data.user) throw error ?? new Error("The sign-up returned no user.");
  return { client, id: data.user.id };
}

function anonymous(): OnSwiftClient {
  return createClient<WithResults<Database>>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
}

function dataOf<Data>({ data, error }: { data: Data; error: unknown }): NonNullable<Data> {
  if (error !== null || !data) throw error ?? new Error("There is no data.");
  return data;
}

function done({ error }: { error: unknown }): void {
  if (error !== null) throw error;
}

function backendAddress(): { readonly url: string; readonly key: string } {
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  if (API_URL && PUBLISHABLE_KEY) return { url: API_URL, key: PUBLISHABLE_KEY };
  const root = new URL("../..", import.meta.url);
  const status = ["run", "--silent", "status", "--", "-o", "json"];
  const about = JSON.parse(execFileSync("npm", status, { cwd: root, encoding: "utf8" }));
  return { url: about.API_URL, key: about.PUBLISHABLE_KEY };
}
