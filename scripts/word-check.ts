/**
 * Looks for words that public texts do not use: riddles, archaisms and other names for the terms of
 * docs/glossary.md. A step of `npm run check`.
 */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";
import type { Finished } from "./run-command.ts";
import { type Allowed, findWords } from "./words/find.ts";
import { glossaryRules, styleRules } from "./words/rules.ts";
import { type Text, textsOfMarkdown, textsOfSql, textsOfTypeScript } from "./words/texts.ts";

const glossary = "docs/glossary.md";

interface Source {
  readonly files: readonly string[];
  readonly read: (file: string, source: string) => Text[];
}

const strings = (file: string, source: string) =>
  textsOfTypeScript(file, source, { strings: true });

const sources: readonly Source[] = [
  // Messages, notification texts and comments, which become the documentation of the api functions.
  { files: ["supabase/schemas/*/*.sql"], read: textsOfSql },
  // Summaries and descriptions of OpenAPI, messages of the REST API, mails.
  { files: ["supabase/functions/**/*.ts"], read: strings },
  // TSDoc, and messages of the SDK and of the embedded stack.
  {
    files: ["sdk/src/**/*.ts", "local/src/**/*.ts"],
    read: (file, source) => textsOfTypeScript(file, source, { docs: true, strings: true }),
  },
  // What the scripts print.
  { files: ["scripts/*.ts", "bench/**/*.ts", "examples/**/*.ts"], read: strings },
  {
    files: [
      "*.md",
      ".changeset/*.md",
      ".github/**/*.md",
      "bench/**/*.md",
      "docs/**/*.md",
      "examples/**/*.md",
      "local/**/*.md",
      "sdk/**/*.md",
      "supabase/**/*.md",
    ],
    read: textsOfMarkdown,
  },
];

/** The glossary and this file list the words; the code of conduct is not our text. */
const excluded = [glossary, "scripts/word-check.ts", "CODE_OF_CONDUCT.md"];

const launcher = "local/src/process/launcher.ts";

const allowed: readonly Allowed[] = [
  {
    file: launcher,
    words: "nobody",
    near: "nobody",
    reason: "the name of a user of the system",
  },
];

export async function wordCheck(): Promise<Finished> {
  const rules = [...styleRules, ...glossaryRules(await readFile(join(root, glossary), "utf8"))];
  const findings = findWords(await publicTexts(), rules, allowed);
  return { code: findings.length === 0 ? 0 : 1, output: findings.join("\n") };
}

async function publicTexts(): Promise<Text[]> {
  const texts: Text[] = [];
  for (const { files, read } of sources) {
    for await (const file of glob(files, { cwd: root, exclude: isForeign })) {
      // The function given to `glob` sees folders only.
      if (excluded.includes(file) || isForeign(file)) continue;
      texts.push(...read(file, await readFile(join(root, file), "utf8")));
    }
  }
  return texts;
}

const isForeign = (path: string) =>
  /(^|\/)(node_modules|generated|test|dist)(\/|$)|\.test\.ts$/.test(path);
