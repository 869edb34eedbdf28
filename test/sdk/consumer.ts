/**
 * What every consumer of the package does, whatever its module system: signs up, makes a project, reads it
 * back in three ways, is refused once. Prints one line of JSON.
 */
export const story = `
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
  await onswift.auth.signOut().orThrow();
  out(JSON.stringify({
    name: user.name,
    read: data.name,
    names,
    code: error.code,
    branded: isOnSwiftError(error) && error instanceof OnSwiftError,
  }));
}
main();
`;

export const told = {
  name: "Consumer",
  read: "Packed",
  names: ["Packed"],
  code: "NOT_FOUND",
  branded: true,
};

export const names = "{ createClient, isOnSwiftError, OnSwiftError }";

/** A consumer in TypeScript: uses every kind of declaration, and must find nothing of supabase-js in them. */
export const typed = `
import { createClient, fromSupabase, isOnSwiftError, type OnSwift, type Result, type Task } from "@onswift/sdk";

const onswift: OnSwift = createClient({ url: "http://127.0.0.1", key: "k" });
export async function tasks(): Promise<readonly Task[]> {
  const result: Result<{ readonly tasks: readonly Task[] }> = await onswift.tasks.all({ status: "planning" });
  if (result.error) {
    const { code, details, retryAfter }: { code: string; details: unknown; retryAfter: number | null } = result.error;
    console.log(code, details, retryAfter, isOnSwiftError(result.error));
    return [];
  }
  for await (const { name } of onswift.projects.list()) console.log(name.length);
  const project = await onswift.projects.get("p").orThrow();
  // @ts-expect-error: what comes from the backend is not ours to change
  project.name = "other";
  // @ts-expect-error: a status that does not exist
  await onswift.tasks.setStatus("p", "t", "done");
  fromSupabase({ auth: {}, rpc: () => undefined, schema: () => undefined });
  return result.data.tasks;
}
`;
