import type { Statement } from "./statements.ts";

/**
 * Hosted Supabase's supautils library lets the migration role run these although PostgreSQL asks for a superuser. An
 * event trigger cannot raise its rights here, because PostgreSQL fires none for them (for policies, publications and
 * dropped triggers see `platform/sql/091_raised_rights.sql`). So the runner raises them for the one statement.
 */
export const needsElevation = ({ kind, tree }: Statement): boolean =>
  kind === "CreateEventTrigStmt" || configuresRole(kind, tree);

/** The event trigger that the statement creates. It belongs to the migration role afterwards. */
export const newEventTrigger = ({ kind, tree }: Statement): string | undefined =>
  kind === "CreateEventTrigStmt" ? String(tree.trigname) : undefined;

const configurable = /^(postgres|authenticator|anon|authenticated|service_role)$/;

/** The settings that hosted Supabase lets the migration role give to roles although PostgreSQL does not. */
const raisedSettings =
  /^((pgrst|auto_explain|pg_stat_statements|pgaudit|plan_filter)\.|pg_net\.(batch_size|ttl)$|safeupdate\.enabled$|log_|(session_replication_role|track_io_timing|wal_compression)$)/;

/** `alter role authenticator set pgrst.… = …`, which configures PostgREST, and its like. */
function configuresRole(kind: string, tree: Statement["tree"]): boolean {
  if (kind !== "AlterRoleSetStmt") return false;
  const role = (tree.role as Statement["tree"] | undefined)?.rolename;
  const setting = (tree.setstmt as Statement["tree"] | undefined)?.name;
  return configurable.test(String(role)) && raisedSettings.test(String(setting));
}
