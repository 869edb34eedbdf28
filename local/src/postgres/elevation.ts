import type { Statement } from "./statements.ts";

/**
 * Hosted Supabase lets the migration role create and comment on policies and drop triggers on these tables although it does not own
 * them: its supautils library raises the role's rights for that one statement. PostgreSQL itself allows it to the
 * owner only, so the runner raises the rights in the same way.
 */
const allowed: ReadonlyMap<string, RegExp> = new Map([
  [
    "auth",
    /^(audit_log_entries|flow_state|identities|instances|mfa_(amr_claims|challenges|factors)|oauth_clients|one_time_tokens|refresh_tokens|saml_\w+|sessions|sso_\w+|users)$/,
  ],
  ["storage", /^(buckets|buckets_analytics|objects|prefixes|s3_multipart_uploads(_parts)?)$/],
  ["realtime", /^(messages|subscription)$/],
]);

/** Returns whether hosted Supabase raises the migration role's rights for this statement. */
export function needsElevation({ kind, tree }: Statement): boolean {
  if (newOwner({ kind, tree }) !== undefined || configuresRole(kind, tree)) return true;
  const [schema = "", table = ""] = target(kind, tree) ?? [];
  return allowed.get(schema)?.test(table) === true;
}

/**
 * What an elevated statement creates that belongs to the migration role afterwards, as `alter … owner` names it.
 * PostgreSQL lets only superusers own these.
 */
export function newOwner({
  kind,
  tree,
}: Pick<Statement, "kind" | "tree">): readonly [object: string, name: string] | undefined {
  if (kind === "CreateEventTrigStmt") return ["event trigger", String(tree.trigname)];
  if (kind !== "CreatePublicationStmt") return undefined;
  const objects = (tree.pubobjects ?? []) as readonly { readonly PublicationObjSpec?: Tree }[];
  const ofSchema = objects.some(({ PublicationObjSpec: object }) =>
    String(object?.pubobjtype).startsWith("PUBLICATIONOBJ_TABLES_IN"),
  );
  return tree.for_all_tables === true || ofSchema
    ? ["publication", String(tree.pubname)]
    : undefined;
}

const configurable = /^(postgres|authenticator|anon|authenticated|service_role)$/;

/** The settings that hosted Supabase lets the migration role give to roles although PostgreSQL does not. */
const raisedSettings =
  /^((pgrst|auto_explain|pg_stat_statements|pgaudit|plan_filter)\.|pg_net\.(batch_size|ttl)$|safeupdate\.enabled$|log_|(session_replication_role|track_io_timing|wal_compression)$)/;

/** `alter role authenticator set pgrst.… = …`, which configures PostgREST, and its like. */
function configuresRole(kind: string, tree: Tree): boolean {
  if (kind !== "AlterRoleSetStmt") return false;
  const role = (tree.role as Tree | undefined)?.rolename;
  const setting = (tree.setstmt as Tree | undefined)?.name;
  return configurable.test(String(role)) && raisedSettings.test(String(setting));
}

type Tree = Statement["tree"];
type Name = readonly [schema: string, table: string];

function target(kind: string, tree: Tree): Name | undefined {
  switch (kind) {
    case "CreatePolicyStmt":
    case "AlterPolicyStmt":
      return relation(tree.table);
    case "CommentStmt":
      return tree.objtype === "OBJECT_POLICY" ? qualified(tree.object as Tree) : undefined;
    case "RenameStmt":
      return tree.renameType === "OBJECT_POLICY" ? relation(tree.relation) : undefined;
    case "DropStmt": {
      if (tree.removeType !== "OBJECT_POLICY" && tree.removeType !== "OBJECT_TRIGGER")
        return undefined;
      const objects = tree.objects as readonly Tree[];
      return objects.length === 1 ? qualified(objects[0]) : undefined;
    }
    default:
      return undefined;
  }
}

function relation(tree: unknown): Name | undefined {
  const { schemaname, relname } = (tree ?? {}) as Readonly<Record<string, string | undefined>>;
  return schemaname === undefined || relname === undefined ? undefined : [schemaname, relname];
}

/** `schema.table.policy`; a name without schema is left to the search path, and so to the caller's rights. */
function qualified(object: Tree | undefined): Name | undefined {
  const items = ((object?.List as Tree | undefined)?.items ?? []) as Tree[];
  const parts = items.map((item) => (item.String as Tree | undefined)?.sval);
  const [schema, table] = parts;
  return parts.length === 3 && typeof schema === "string" && typeof table === "string"
    ? [schema, table]
    : undefined;
}
