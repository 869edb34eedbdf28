import type { Statement } from "./statements.ts";

/**
 * Hosted Supabase lets the migration role create policies and drop triggers on these tables although it does not own
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
  const [schema = "", table = ""] = target(kind, tree) ?? [];
  return allowed.get(schema)?.test(table) === true;
}

type Tree = Statement["tree"];
type Name = readonly [schema: string, table: string];

function target(kind: string, tree: Tree): Name | undefined {
  switch (kind) {
    case "CreatePolicyStmt":
    case "AlterPolicyStmt":
      return relation(tree.table);
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
