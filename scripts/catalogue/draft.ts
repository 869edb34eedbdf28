import type { Catalogue } from "./catalogue.ts";

/**
 * The beginning of a migration from one schema to another. Changed and new functions are SQL, as the rooms have
 * them; everything else, such as columns of tables with data, is named in a comment, because a program cannot know
 * how to bring the rows along.
 */
export function draftOf(present: Catalogue, wanted: Catalogue, rooms: string): string {
  const statements: string[] = [];
  const byHand: string[] = [];
  for (const [key, definition] of wanted) {
    const before = present.get(key);
    if (before === definition) continue;
    if (key.startsWith("function ") && !key.startsWith("function grant ")) {
      statements.push(functionInRooms(key.slice("function ".length), rooms) ?? `${definition};`);
    } else byHand.push(`${before === undefined ? "new" : "changed"}: ${key}`);
  }
  for (const key of present.keys()) if (!wanted.has(key)) byHand.push(`gone: ${key}`);
  const list = byHand.sort().map((line) => `--   ${line}`);
  const todo = list.length === 0 ? [] : [["-- To write, then to remove here:", ...list].join("\n")];
  return [...todo, ...statements].map((part) => `${part}\n`).join("\n");
}

/** The text of a function, if the rooms have one of that name only. */
function functionInRooms(signature: string, rooms: string): string | undefined {
  const name = signature.slice(0, signature.indexOf("(")).replaceAll(".", "\\.");
  const pattern = new RegExp(
    `^create (?:or replace )?function ${name}\\([\\s\\S]*?^\\$\\$;$`,
    "gm",
  );
  const [text, another] = rooms.match(pattern) ?? [];
  if (text === undefined || another !== undefined) return undefined;
  return text.replace(/^create (or replace )?function/, "create or replace function");
}
