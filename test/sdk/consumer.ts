/**
 * The program that every consumer of the package runs, in each module system: it signs up, creates a project,
 * reads it in three ways, uploads a small and a large file, downloads them, lists second factors, exports the account and
 * gets one error. Prints one line of JSON.
 */
export const program = `
const out = globalThis.__print ?? console.log;
const onswift = createClient({
  url: env.API_URL,
  key: env.PUBLISHABLE_KEY,
  persistSession: false,
  headers: { "X-Forwarded-For": env.ADDRESS },
});
async function main() {
  const account = { email: env.EMAIL, password: env.PASSWORD, name: "Consumer", userType: "creator" };
  const { user } = await onswift.auth.signUp(account).orThrow();
  const made = { name: "Packed", description: "From the tarball", dueDate: env.DUE };
  const project = await onswift.projects.create(made).orThrow();
  const { data } = await onswift.projects.get(project.id);
  const names = [];
  for await (const { name } of onswift.projects.list()) names.push(name);
  const { error } = await onswift.projects.get("00000000-0000-4000-8000-000000000000");
  let steps = 0;
  const uploaded = [];
  for (const [file, size] of [["small.mp4", 70_000], ["large.mp4", 7_000_000]]) {
    const data = new Uint8Array(size);
    // The first bytes of an MP4.
    data.set([0, 0, 0, 24, ...new TextEncoder().encode("ftypisom"), 0, 0, 2, 0]);
    data.set(new TextEncoder().encode("isommp41"), 16);
    const added = { type: "file", name: "Film", file: { name: file, data } };
    const task = onswift.samples.add(project.id, added);
    task.on("progress", ({ overall }) => overall.loaded < overall.total && steps++);
    const sample = await task.orThrow();
    const { fileId } = await onswift.files.waitUntilClean(sample.file.id).orThrow();
    const copy = await onswift.files.download(fileId).orThrow();
    uploaded.push([sample.file.fileName, (await copy.blob()).size]);
  }
  const { factors } = await onswift.auth.mfa.listFactors().orThrow();
  const exported = await onswift.users.export().orThrow();
  await onswift.auth.signOut().orThrow();
  out(JSON.stringify({
    name: user.name,
    read: data.name,
    names,
    code: error.code,
    uploaded,
    progress: steps > 1,
    factors,
    exported: exported.projects.length,
    branded: isOnSwiftError(error) && error instanceof OnSwiftError,
  }));
}
main();
`;

export const expectedOutput = {
  name: "Consumer",
  read: "Packed",
  names: ["Packed"],
  code: "NOT_FOUND",
  uploaded: [
    ["small.mp4", 70_000],
    ["large.mp4", 7_000_000],
  ],
  progress: true,
  factors: [],
  exported: 1,
  branded: true,
};

export const names = "{ createClient, isOnSwiftError, OnSwiftError }";

/** A consumer in TypeScript. It uses every kind of declaration; none may contain supabase-js types. */
export const typedProgram = `
import { createClient, fromSupabase, isOnSwiftError, type DeliverableHistory, type OnSwift, type Result, type Task, type UploadTask } from "@onswift/sdk";

const onswift: OnSwift = createClient({ url: "http://127.0.0.1", key: "k" });
export async function tasks(): Promise<readonly Task[]> {
  const result: Result<{ readonly tasks: readonly Task[] }> = await onswift.tasks.list({ status: "planning" });
  if (result.error) {
    const { code, details, retryAfter }: { code: string; details: unknown; retryAfter: number | null } = result.error;
    // @ts-expect-error: not an error code
    if (result.error.code === "NOT_FUOND") return [];
    console.log(code, details, retryAfter, isOnSwiftError(result.error));
    return [];
  }
  for await (const { name } of onswift.projects.list()) console.log(name.length);
  const project = await onswift.projects.get("p").orThrow();
  // @ts-expect-error: data of the backend is read-only
  project.name = "other";
  // @ts-expect-error: not a status
  await onswift.tasks.setStatus("p", "t", "done");
  const files = [{ name: "a.png", data: new Uint8Array(1) }, new File([], "b.png")];
  const task: UploadTask<DeliverableHistory> = onswift.deliverables.submit({ projectId: "p", taskId: "t", title: "T", files });
  const off: () => void = task.on("progress", ({ overall }) => console.log(overall.loaded));
  off();
  // @ts-expect-error: bytes have no file name
  onswift.users.setAvatar(new Uint8Array(1));
  fromSupabase({ auth: {}, rpc: () => undefined, schema: () => undefined });
  return result.data.tasks;
}
`;
