/** Turns a Markdown file of the repository into a page of the site. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { drawn } from "./diagrams.ts";
import { repository, root } from "./paths.ts";

/** The addresses of the site by source file. */
export type Addresses = ReadonlyMap<string, string>;

export interface Written {
  readonly title: string;
  readonly description: string;
  /** Markdown without the title, with links of the site. */
  readonly text: string;
}

/** Reads the title and the first paragraph, and leads links to pages of the site or to the repository. */
export function readPage(source: string, markdown: string, addresses: Addresses): Written {
  const found = /^# (.+)\n/m.exec(markdown);
  if (found === null) throw new Error(`${source} has no title.`);
  const title = plain(found[1] ?? "");
  const body = markdown.slice(found.index + found[0].length).trim();
  const paragraph = /^(?![#|<`>-])(?:.+\n?)+/m.exec(body)?.[0] ?? title;
  const text = outsideCode(body, (prose) => withLinks(source, prose, addresses));
  return { title, description: firstSentence(plain(paragraph)), text };
}

/** The file that Astro reads. Diagrams are drawn here, so that no page runs a program for them. */
export function astroFile({ title, description, text }: Written, front: object = {}): string {
  const matter = Object.entries({ title, description, ...front });
  const lines = matter.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n---\n\n${drawn(text)}\n`;
}

function withLinks(source: string, prose: string, addresses: Addresses): string {
  return prose
    .replace(
      /(?<!\\)(\]\()([^)\s]+)(?=\))/g,
      (_, open, link) => open + resolve(source, link, addresses),
    )
    .replace(
      /((?:src|srcset|href)=")([^"]+)/g,
      (_, open, link) => open + resolve(source, link, addresses),
    );
}

function resolve(source: string, link: string, addresses: Addresses): string {
  const own = link.startsWith(`${repository}/`)
    ? link.slice(repository.length).replace(/^\/(?:blob|tree)\/main\//, "/")
    : undefined;
  if (own === undefined && /^([a-z]+:|#|\/)/.test(link)) return link;
  const [path = "", hash] = (own ?? link).split("#");
  const target = own === undefined ? normalize(join(dirname(source), path)) : path.slice(1);
  const file = target.replace(/\/$/, "") || ".";
  const known = addresses.get(file) ?? addresses.get(join(file, "README.md"));
  const suffix = hash === undefined ? "" : `#${hash}`;
  if (known !== undefined) return known + suffix;
  if (!existsSync(join(root, file)))
    throw new Error(`${source} links to ${link}, which is missing.`);
  if (file === ".") return repository;
  const kind = statSync(join(root, file)).isDirectory() ? "tree" : "blob";
  return `${repository}/${kind}/main/${file}${suffix}`;
}

/** Changes prose; blocks and spans of code stay. */
function outsideCode(markdown: string, change: (prose: string) => string): string {
  const code = /^ *```[\s\S]*?^ *```$|`[^`\n]+`/gm;
  const codes = markdown.match(code) ?? [];
  // A mark that no page contains, so that a link may have code as its text.
  const marked = change(markdown.replace(code, "\u{e000}"));
  let next = 0;
  return marked.replace(/\u{e000}/gu, () => codes[next++] ?? "");
}

const plain = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .replace(/\s+/g, " ")
    .trim();

const firstSentence = (text: string): string =>
  /^.+?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
