import type { ReservedSql, Sql } from "postgres";
import { needsElevation, newEventTrigger } from "./elevation.ts";
import { lineOf, type Statement, SyntaxProblem, split } from "./statements.ts";

export interface SqlFile {
  /** Its path for messages, such as `supabase/migrations/20260101000000_profiles.sql`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Runs a file the way the official CLI does: as the migration role, all statements and `last` in one
 * transaction, unless the file itself commits. `sql` is the superuser's connection, so that single
 * statements can be given more rights.
 */
export async function runFile(
  sql: Sql,
  file: SqlFile,
  last: (tx: ReservedSql, statements: readonly string[]) => Promise<void>,
): Promise<void> {
  const statements = await split(file.text).catch((error: Error) => {
    throw error instanceof SyntaxProblem ? failure(file, error.line, error) : error;
  });
  const session = await sql.reserve();
  try {
    await useMigrationRole(session);
    await session`begin`;
    for (const statement of statements) {
      await run(session, statement).catch((error: Error) => {
        throw failure(file, lineOf(statement, positionOf(error)), error, statement);
      });
    }
    await last(
      session,
      statements.map(({ text }) => text),
    ).catch((error: Error) => {
      throw failure(file, lastLine(file), error);
    });
    await session`commit`;
  } catch (error) {
    await session`rollback`.catch(() => undefined);
    throw error;
  } finally {
    await session`reset session authorization`.catch(() => undefined);
    // Not `discard all`, which would drop the statements that this connection has prepared.
    await session`reset all`.catch(() => undefined);
    await session`discard temp`.catch(() => undefined);
    session.release();
  }
}

/** Switches the session to `postgres`, with the settings of its login. `reset role` cannot undo this. */
async function useMigrationRole(session: ReservedSql): Promise<void> {
  await session`reset all`;
  await session`
    select set_config(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1), false)
    from pg_db_role_setting, unnest(setconfig) as setting
    where setrole = 'postgres'::regrole`;
  await session`set session authorization postgres`;
}

async function run(session: ReservedSql, statement: Statement): Promise<void> {
  if (changesAuthorization(statement)) {
    throw new Error("permission denied to set session authorization");
  }
  if (needsElevation(statement)) await runRaised(session, statement);
  else await session.unsafe(statement.text).simple();
  // After a `commit` in the file, the rest of it runs in a new transaction.
  if (endsTransaction(statement)) await session`begin`;
}

/** Runs a statement as the superuser. Event triggers of migrations skip it, as on hosted Supabase. */
async function runRaised(session: ReservedSql, statement: Statement): Promise<void> {
  await session`reset session authorization`;
  await session`set event_triggers = off`;
  await session.unsafe(statement.text).simple();
  const trigger = newEventTrigger(statement);
  if (trigger !== undefined) {
    // Only a superuser can own one. No other session sees that the role is one: this is one transaction.
    await session`alter role postgres superuser`;
    await session`alter event trigger ${session(trigger)} owner to postgres`;
    await session`alter role postgres nosuperuser`;
  }
  await session`set event_triggers = on`;
  await session`set session authorization postgres`;
}

const changesAuthorization = ({ kind, tree }: Statement): boolean =>
  kind === "VariableSetStmt" && tree.name === "session_authorization";

const endsTransaction = ({ kind, tree }: Statement): boolean =>
  kind === "TransactionStmt" &&
  (tree.kind === "TRANS_STMT_COMMIT" || tree.kind === "TRANS_STMT_ROLLBACK");

const lastLine = ({ text }: SqlFile): number => text.trimEnd().split("\n").length;

function failure(file: SqlFile, line: number, error: Error, statement?: Statement): Error {
  const { code, detail, where, ...rest } = error as Error & Partial<Record<string, string>>;
  const hint = missingExtension(error) ?? rest.hint;
  const about = [
    statement === undefined ? undefined : excerpt(statement),
    code === undefined ? undefined : `SQLSTATE ${code}`,
    detail,
    hint === undefined ? undefined : `Hint: ${hint}`,
    where,
  ];
  const lines = about.filter((part) => part !== undefined).map((part) => `  ${part}`);
  return new Error([`${file.name}:${line}: ${error.message}`, ...lines].join("\n"), {
    cause: error,
  });
}

/** PostgreSQL's own hint is to install it on the server, which npm's PostgreSQL has no way for. */
function missingExtension({ message }: Error): string | undefined {
  const name = /^extension "(.+)" is not available$/.exec(message)?.[1];
  return (
    name &&
    `npm's PostgreSQL does not contain ${name}. Create it only where it exists (if exists (select from pg_available_extensions where name = '${name}') in a do block), or run this project with "supabase start".`
  );
}

/** Where in the statement PostgreSQL points to, if it does; it counts characters from one. */
function positionOf(error: Error): number | undefined {
  const { position } = error as Error & { position?: string };
  return position === undefined ? undefined : Number(position) - 1;
}

function excerpt({ text, begin }: Statement): string {
  const line = text.slice(begin).replace(/\s+/g, " ");
  return line.length > 160 ? `${line.slice(0, 160)} …` : line;
}
