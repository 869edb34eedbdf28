import type { Rule } from "./rules.ts";
import { lineAt, type Text } from "./texts.ts";

/** A place where a forbidden word is right, because it is a quotation or another thing's name. */
export interface Allowed {
  readonly file: string;
  readonly words: string;
  /** What else is on the line. */
  readonly near: string;
  readonly reason: string;
}

/** What is wrong with the texts, a line each: where, which words, what to write instead. */
export function findWords(
  texts: readonly Text[],
  rules: readonly Rule[],
  allowed: readonly Allowed[] = [],
): string[] {
  const used = new Set<Allowed>();
  const findings: string[] = [];
  for (const { words, instead } of rules) {
    const pattern = wholeWords(words);
    for (const { file, line, text } of texts) {
      for (const { 0: found, index } of text.matchAll(pattern)) {
        const place = line + lineAt(text, index) - 1;
        const phrase = found.replace(/\s+/g, " ");
        const exception = allowed.find(
          (one) =>
            one.file === file &&
            one.words === phrase.toLowerCase() &&
            lineAround(text, index).includes(one.near),
        );
        if (exception) used.add(exception);
        else findings.push(`${file}:${place}: "${phrase}" → ${instead}`);
      }
    }
  }
  const stale = allowed.filter((one) => !used.has(one));
  return [
    ...findings.sort(),
    ...stale.map(
      ({ file, words }) => `${file}: the exception for "${words}" is not needed; remove it.`,
    ),
  ];
}

const lineAround = (text: string, index: number): string => {
  const start = text.lastIndexOf("\n", index) + 1;
  const end = text.indexOf("\n", index);
  return text.slice(start, end < 0 ? undefined : end);
};

/** Any of the phrases as whole words, in any case, also across a line break. */
function wholeWords(words: readonly string[]): RegExp {
  const phrases = [...words]
    .sort((one, other) => other.length - one.length)
    .map((phrase) => phrase.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s+"));
  return new RegExp(`(?<![\\w-])(?:${phrases.join("|")})(?![\\w-])`, "gi");
}
