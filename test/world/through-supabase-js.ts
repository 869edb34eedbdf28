import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { type Account, anAccount, someAddress, type UserType } from "./people.ts";
import { apiUrl, publishableKey } from "./stack.ts";
import type { Entrance } from "./world.ts";

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly client: SupabaseClient;
}

export function anonymousClient(): SupabaseClient {
  return createClient(apiUrl, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers: { "X-Forwarded-For": someAddress() } },
  });
}

async function signUpAs({ email, password, name, userType }: Account): Promise<Person> {
  const client = anonymousClient();
  const options = { data: { name, userType } };
  const { data, error } = await client.auth.signUp({ email, password, options });
  if (error !== null || data.user === null) {
    throw error ?? new Error("The sign-up returned no user.");
  }
  return { id: data.user.id, email, client };
}

/** A new user, signed in with plain supabase-js. */
export const signUp = (userType: UserType, name?: string): Promise<Person> =>
  signUpAs(anAccount(userType, name));

interface Answer {
  readonly data: { readonly id: string } | null;
  readonly error: unknown;
}

async function madeBy(query: PromiseLike<Answer>): Promise<{ readonly id: string }> {
  const { data, error } = await query;
  if (error !== null || data === null) throw error ?? new Error("The query returned no row.");
  return data;
}

/** Writes to the tables themselves, as an app without our SDK does. */
export const supabaseEntrance: Entrance<Person> = {
  signUp: signUpAs,
  createProject: ({ client }, { name, description, dueDate }) =>
    madeBy(
      client
        .from("projects")
        .insert({ name, description, due_date: dueDate })
        .select("id")
        .single(),
    ),
  addMember: ({ client }, projectId, userId) =>
    madeBy(
      client
        .from("project_members")
        .insert({ project_id: projectId, user_id: userId, role: "Editor" })
        .select("id")
        .single(),
    ),
  createTask: ({ client }, projectId, { name, description, assigneeId, dueDate }) =>
    madeBy(
      client
        .from("tasks")
        .insert({
          project_id: projectId,
          name,
          description,
          assignee_id: assigneeId,
          due_date: dueDate,
        })
        .select("id")
        .single(),
    ),
};

export interface Called {
  // biome-ignore lint/suspicious/noExplicitAny: each function returns a document of its own.
  readonly data: any;
  /** The stable code of a refusal, else the SQLSTATE; undefined for a success. */
  readonly code: string | undefined;
}

/** Calls a function of the schema `api`. */
export async function call({ client }: Person, name: string, args: object): Promise<Called> {
  const { data, error } = await client.schema("api").rpc(name, args);
  return { data, code: error === null ? undefined : error.hint || error.code };
}
