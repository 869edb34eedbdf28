import type postgres from "postgres";
import type { Claims } from "../caller/token.ts";
import { isBroken } from "./pool.ts";

/** Who calls, and what the database may know about the request. */
export interface Session {
  /** The claims of a verified token; undefined for an anonymous caller. */
  readonly claims: Claims | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the transaction is read-only. */
  readonly readOnly: boolean;
  /** The position in the database's log up to which a read has to show everything; undefined if it was not asked. */
  readonly position?: string | undefined;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface FunctionCall {
  /** The name of a function in the schema `api`. */
  readonly name: string;
  readonly args: Arguments;
  /**
   * The query or body as the caller sent it. Arguments cannot show that a name was sent as a number, or that
   * a key is unknown, so the database judges this JSON (see `private.input_of`).
   */
  readonly input?: Arguments | undefined;
}

interface Answer {
  readonly body: string | null;
  readonly status: string | null;
}

const statementTimeout = "10s";

/**
 * Sends the four statements in one packet. When one of them fails, the server skips the rest and rolls back.
 */
export async function transact(
  db: postgres.ReservedSql,
  session: Session,
  call: FunctionCall,
): Promise<Answer> {
  const statements = [
    db.unsafe(session.readOnly ? "begin read only" : "begin"),
    actAs(db, session, call),
    callFunction(db, call),
    db.unsafe("commit"),
  ] as const;
  try {
    const [, , [row]] = await Promise.all(statements);
    if (row === undefined) throw new Error("The role of the caller was not set.");
    return row;
  } catch (error) {
    // The results of the skipped statements must be read before the connection is used again.
    if (!isBroken(error)) await Promise.allSettled(statements);
    throw error;
  }
}

function actAs(
  db: postgres.ReservedSql,
  { claims, headers }: Session,
  { name, input }: FunctionCall,
) {
  const role = claims === undefined ? "anon" : "authenticated";
  const sent = input === undefined ? "" : JSON.stringify({ operation: name, input });
  return db`select
    set_config('statement_timeout', ${statementTimeout}, true),
    set_config('request.jwt.claims', ${JSON.stringify(claims ?? { role })}, true),
    set_config('request.headers', ${JSON.stringify(headers)}, true),
    set_config('onswift.input', ${sent}, true),
    set_config('role', ${role}, true)`;
}

/** The driver sends a boolean with its own type, which does not fit a jsonb argument. */
const bindable = (value: unknown) => (typeof value === "boolean" ? String(value) : (value ?? null));

/** The names of functions and arguments come from our own code. Values are always bound. */
function callFunction(db: postgres.ReservedSql, { name, args }: FunctionCall) {
  const names = Object.keys(args);
  if (!names.every((key) => /^\w+$/.test(key))) throw new Error("Invalid name of an argument.");
  const list = names.map((key, index) => `"${key}" => $${index + 1}`).join(", ");
  const values = names.map((key) => bindable(args[key])) as postgres.SerializableParameter[];
  // `offset 0` makes PostgreSQL read the status after it has called the function. The condition is a second
  // safeguard: whatever happens to the statements before, the function never runs with our own rights.
  return db.unsafe<Answer[]>(
    `select body, current_setting('response.status', true) as status
      from (
        select api."${name}"(${list})::text as body
        where current_user in ('anon', 'authenticated')
        offset 0
      ) as answer`,
    values,
    { prepare: true },
  );
}
