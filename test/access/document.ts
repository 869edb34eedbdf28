import { matrix } from "./matrix.ts";
import { personas } from "./world.ts";

/** docs/access-matrix.md, from the same rules that the test asserts. */
export function accessMatrixDocument(): string {
  const rows = matrix.map((rule) =>
    [
      `\`${rule.table}\``,
      rule.verb,
      rule.what,
      ...personas.map((persona) => (rule.allowed.includes(persona) ? "✓" : "")),
    ].join(" | "),
  );
  return [
    "# Access matrix",
    "",
    "Who may do what to each table directly, with supabase-js or any PostgREST client. `test/access` tries every cell and writes",
    "this page. *Member*, *assignee* and *removed member* are talents of the creator's project. What no row allows (removing a",
    "member, deleting anything) is an `api` function.",
    "",
    `| table | verb | what | ${personas.join(" | ")} |`,
    `|---|---|---|${personas.map(() => ":-:").join("|")}|`,
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}
