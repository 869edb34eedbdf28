import postgres from "postgres";
import { openDatabase } from "../world/stack.ts";
import { type Person, signUp } from "../world/through-supabase-js.ts";

/** Who takes a step. `claims` are null for a visitor without an account. */
export interface Actor {
  readonly id: string;
  readonly role: "creator" | "talent" | "visitor";
  readonly claims: Readonly<Record<string, unknown>> | null;
}

export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The stable code, else the SQLSTATE, of a refusal. */
  readonly refused?: string;
}

export interface ModelWorld {
  readonly sql: postgres.Sql;
  readonly actors: readonly Actor[];
  /** Projects that are watched: those that exist, and those that the last step deleted. */
  readonly projects: Set<string>;
  /** Runs one statement as PostgREST does for this actor. */
  attempt(actor: Actor, text: string, values?: readonly unknown[]): Promise<Answer>;
  /** Calls a function of the schema `api` as this actor. */
  call(actor: Actor, name: string, args: Readonly<Record<string, unknown>>): Promise<Answer>;
}

const visitor: Actor = {
  id: "00000000-0000-0000-0000-000000000000",
  role: "visitor",
  claims: null,
};

/** Two creators, four talents and a visitor, without a project. */
export async function openWorld(): Promise<ModelWorld> {
  const sql = openDatabase(2);
  const creators = await Promise.all([signUp("creator"), signUp("creator")]);
  const talents = await Promise.all(Array.from({ length: 4 }, () => signUp("talent")));
  const actors = await Promise.all([
    ...creators.map((person) => actorOf(person, "creator")),
    ...talents.map((person) => actorOf(person, "talent")),
  ]);
  const attempt = attemptWith(sql);
  return {
    sql,
    actors: [...actors, visitor],
    projects: new Set(),
    attempt,
    call: (actor, name, args) => {
      const named = Object.keys(args).map((key, index) => `"${key}" => $${index + 1}`);
      return attempt(
        actor,
        `select api.${name}(${named.join(", ")}) as answer`,
        Object.values(args),
      );
    },
  };
}

async function actorOf(person: Person, role: Actor["role"]): Promise<Actor> {
  const { data } = await person.client.auth.getClaims();
  if (data === null) throw new Error("The session has no claims.");
  return { id: person.id, role, claims: data.claims };
}

const attemptWith =
  (sql: postgres.Sql): ModelWorld["attempt"] =>
  async (actor, text, values = []) => {
    try {
      const rows = await sql.begin(async (tx) => {
        const role = actor.claims === null ? "anon" : "authenticated";
        await tx`select
          set_config('role', ${role}, true),
          set_config('request.jwt.claims', ${JSON.stringify(actor.claims ?? { role })}, true)`;
        const answer = await tx.unsafe(
          text,
          values.map((value) => value ?? null) as postgres.ParameterOrJSON<never>[],
        );
        // The model decides when a scan ends. The worker that the commit wakes must not scan these files,
        // because they have no bytes.
        await tx`select set_config('role', 'none', true)`;
        await tx`update private.file_scans as s set next_attempt_at = 'infinity'
          from public.files as f where f.id = s.file_id and f.uploader_id = ${actor.id}`;
        return [...answer];
      });
      return { rows };
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      return { rows: [], refused: error.hint ?? error.code };
    }
  };
