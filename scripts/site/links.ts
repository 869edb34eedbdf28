/** Finds links of the built site that lead nowhere, and what pages load from elsewhere. */
import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { builtSite } from "./build.ts";

interface Html {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
  /** What a browser loads for the page. */
  readonly loaded: readonly string[];
}

export interface Findings {
  readonly pages: number;
  readonly links: number;
  readonly dead: readonly string[];
  readonly foreign: readonly string[];
}

export async function checkLinks(): Promise<Findings> {
  const files = new Set(
    (await readdir(builtSite, { recursive: true })).map((file) => file.replaceAll("\\", "/")),
  );
  const pages = new Map<string, Html>();
  for (const file of files) {
    if (file.endsWith(".html"))
      pages.set(file, read(await readFile(join(builtSite, file), "utf8")));
  }
  const dead: string[] = [];
  const foreign: string[] = [];
  let links = 0;
  for (const [file, page] of pages) {
    for (const link of [...page.links, ...page.loaded]) {
      if (isForeign(link)) continue;
      links += 1;
      if (!leadsSomewhere(file, link, files, pages)) dead.push(`${file}: ${link}`);
    }
    foreign.push(...page.loaded.filter(isForeign).map((link) => `${file}: ${link}`));
  }
  return { pages: pages.size, links, dead, foreign };
}

const isForeign = (link: string): boolean => /^([a-z][a-z+.-]*:|\/\/)/i.test(link);

function leadsSomewhere(
  file: string,
  link: string,
  files: ReadonlySet<string>,
  pages: ReadonlyMap<string, Html>,
): boolean {
  const { pathname, hash } = new URL(link, `http://site/${file}`);
  const path = decodeURIComponent(pathname).slice(1);
  const target = path === "" || path.endsWith("/") ? posix.join(path, "index.html") : path;
  if (!files.has(target)) return false;
  const page = pages.get(target);
  return hash === "" || page === undefined || page.ids.has(decodeURIComponent(hash.slice(1)));
}

function read(html: string): Html {
  const all = (pattern: RegExp) =>
    [...html.matchAll(pattern)].map(([, value = ""]) => decode(value));
  // Drawings have ids and references of their own.
  return {
    ids: new Set(["_top", ...all(/\sid="([^"]*)"/g)]),
    links: all(/<a\s[^>]*?href="([^"]*)"/g),
    loaded: [
      ...all(/<(?:img|script|source|iframe)\s[^>]*?src="([^"]*)"/g),
      ...all(
        /<link\s[^>]*?rel="(?:stylesheet|preload|modulepreload|icon|shortcut icon)"[^>]*?href="([^"]*)"/g,
      ),
      ...all(/url\(['"]?((?:https?:)?\/\/[^'")]+)/g),
    ],
  };
}

const decode = (text: string): string =>
  text.replaceAll("&amp;", "&").replaceAll("&#38;", "&").replaceAll("&quot;", '"');
