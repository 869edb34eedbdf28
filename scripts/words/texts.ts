/** The parts of a source file that people read, each with the line on which it starts. */
export interface Text {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Every string literal of a SQL file, inside function bodies too: messages, comments, notification texts. */
export function textsOfSql(file: string, source: string): Text[] {
  const texts: Text[] = [];
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|"[^"]*"|'(?:[^']|'')*'/g;
  for (const { 0: found, index } of source.matchAll(token)) {
    if (found.startsWith("'")) {
      texts.push({
        file,
        line: lineAt(source, index),
        text: found.slice(1, -1).replaceAll("''", "'"),
      });
    }
  }
  return texts;
}

/** Prose without fenced blocks, inline code and the targets of links. */
export function textsOfMarkdown(file: string, source: string): Text[] {
  const prose = withoutCode(source).replace(/\]\([^)\s]*\)/g, blank);
  return [{ file, line: 1, text: prose }];
}

/** The doc comments of a TypeScript file, or its string literals, or both. */
export function textsOfTypeScript(
  file: string,
  source: string,
  wanted: { readonly docs?: boolean; readonly strings?: boolean },
): Text[] {
  const texts: Text[] = [];
  // A regular expression begins where a value may begin; elsewhere a slash divides.
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};]\s*)\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;
  for (const { 0: found, index } of source.matchAll(token)) {
    const line = lineAt(source, index);
    if (found.startsWith("/**")) {
      if (wanted.docs) texts.push({ file, line, text: withoutCode(withoutStars(found)) });
    } else if (/^["'`]/.test(found)) {
      if (wanted.strings) texts.push({ file, line, text: found.slice(1, -1) });
    }
  }
  return texts;
}

export const lineAt = (source: string, index: number): number =>
  source.slice(0, index).split("\n").length;

const withoutStars = (comment: string): string => comment.replace(/^\s*\*(?!\/)/gm, blank);

const withoutCode = (markdown: string): string =>
  markdown.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, blank).replace(/`[^`\n]+`/g, blank);

/** Spaces of the same length and lines, so that places stay where they were. */
const blank = (text: string): string => text.replace(/[^\n]/g, " ");
