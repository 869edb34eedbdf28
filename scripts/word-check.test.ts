import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./root.ts";
import { findWords } from "./words/find.ts";
import { glossaryRules, styleRules } from "./words/rules.ts";
import { textsOfMarkdown, textsOfSql, textsOfTypeScript } from "./words/texts.ts";

const glossary = await readFile(join(root, "docs/glossary.md"), "utf8");
const rules = [...styleRules, ...glossaryRules(glossary)];
const inSql = (source: string) => findWords(textsOfSql("a.sql", source), rules);
const inDocs = (source: string) => findWords(textsOfMarkdown("a.md", source), rules);

describe("the word check finds", () => {
  test("a riddle in an error message inside a function body, with its line and a better word", () => {
    const source = `create function f() as $$
begin
  raise sqlstate 'PT403' using
    message = 'Nobody may do this.';
end;
$$;`;
    expect(inSql(source)).toEqual([expect.stringMatching(/^a\.sql:4: "Nobody" → name the actor/)]);
  });

  test("a phrase that runs over a line break, on the line where it begins", () => {
    expect(inSql("comment on table t is\n  'A project and the owner of\nthe project.';")).toEqual([
      'a.sql:2: "owner of the project" → "creator"',
    ]);
  });

  test("other names for the terms of the glossary", () => {
    expect(inDocs("A freelancer hands in work.\n\nThe project owner gets a complaint.")).toEqual([
      'a.md:1: "freelancer" → "talent"',
      'a.md:1: "hands in" → "submit"',
      'a.md:3: "complaint" → "field error"',
      'a.md:3: "project owner" → "creator"',
    ]);
  });

  test("words in doc comments and strings of TypeScript", () => {
    const source = `/**
 * Tells the sender.
 */
export const text = "Here is only: POST.";
export const more = \`\${text} Somebody did it.\`;`;
    const texts = textsOfTypeScript("a.ts", source, { docs: true, strings: true });
    expect(findWords(texts, rules).map((line) => line.replace(/ →.*/, ""))).toEqual([
      'a.ts:2: "Tells"',
      'a.ts:4: "Here is only"',
      'a.ts:5: "Somebody"',
    ]);
  });

  test("an exception that nothing needs", () => {
    const unneeded = { file: "a.md", words: "told", near: "quoted", reason: "a quotation" };
    expect(findWords(textsOfMarkdown("a.md", "Fine."), rules, [unneeded])).toEqual([
      'a.md: the exception for "told" is not needed; remove it.',
    ]);
  });
});

describe("the word check accepts", () => {
  test("code, comments of developers, and names", () => {
    expect(inSql(`-- whoever reads this\nselect "nobody" from t where s = 'nobody-else';`)).toEqual(
      [],
    );
    expect(inDocs("See `somebody`.\n\n```sql\nselect 'told';\n```\n\n[x](./told)")).toEqual([]);
    const source = `// told\nconst pattern = /["'] told/;\nconst half = 1 / 2; // told "told"`;
    expect(findWords(textsOfTypeScript("a.ts", source, { strings: true }), rules)).toEqual([]);
  });

  test("parts of words", () => {
    expect(inDocs("The foretold unsaid; bystanders' downloads.")).toEqual([]);
  });

  test("a line with an exception", () => {
    const quoted = { file: "a.md", words: "told", near: "quoted", reason: "a quotation" };
    expect(findWords(textsOfMarkdown("a.md", 'quoted: "told"'), rules, [quoted])).toEqual([]);
    expect(
      findWords(textsOfMarkdown("a.md", 'another "told"\nquoted: told'), rules, [quoted]),
    ).toHaveLength(1);
  });
});

describe("the glossary", () => {
  const names = (pattern: RegExp) => [
    ...new Set([...glossary.matchAll(pattern)].map(([, name = ""]) => name)),
  ];
  const sourceOf = async (...files: string[]) => {
    let text = "";
    for await (const file of glob(files, { cwd: root })) {
      text += await readFile(join(root, file), "utf8");
    }
    return text;
  };

  test("names tables, columns and functions that exist", async () => {
    const sql = await sourceOf("supabase/schemas/*/*.sql");
    const objects = names(/`((?:public|private|api)\.\w+)`/g);
    const missing = objects.filter(
      (name) =>
        !new RegExp(`create (?:table|type|view|function) ${name.replace(".", "\\.")}\\b`).test(sql),
    );
    const columns = names(/`(\w+\.\w+_\w+)`/g).filter(
      (name) => !/^(public|private|api)\./.test(name),
    );
    for (const name of columns) {
      const [table = "", column = ""] = name.split(".");
      const body = sql.match(new RegExp(`create table public\\.${table} \\(([\\s\\S]*?)\\n\\);`));
      if (!new RegExp(`^  ${column} `, "m").test(body?.[1] ?? "")) missing.push(name);
    }
    expect(objects.length).toBeGreaterThan(20);
    expect(columns.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });

  test("names paths of the REST API that exist", async () => {
    const routes = await sourceOf("supabase/functions/api/routes/*.ts");
    const paths = names(/`(\/[a-z][\w/:-]*)`/g);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !routes.includes(`"${path}"`))).toEqual([]);
  });

  test("names methods and types of the SDK that exist", async () => {
    const sdk = await sourceOf("sdk/src/**/*.ts");
    const cells = glossary
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .flatMap((line) => [...(line.split("|")[5] ?? "").matchAll(/`([\w.]+)`/g)])
      .map(([, name = ""]) => name.split(".").at(-1) ?? "");
    expect(cells.length).toBeGreaterThan(20);
    expect(cells.filter((name) => !new RegExp(`\\b${name}\\b[?(:<{ ]`).test(sdk))).toEqual([]);
  });
});
