import type { Written } from "./markdown.ts";

export interface ModelPage extends Written {
  readonly group: string;
  readonly address: string;
}

/** `/llms.txt` lists the pages as Markdown files, `/llms-full.txt` has all of them (https://llmstxt.org). */
export function languageModelTexts(
  pages: readonly ModelPage[],
): readonly (readonly [string, string])[] {
  const fileOf = (address: string) => (address === "/" ? "index.md" : `${address.slice(1, -1)}.md`);
  const whole = ({ title, text }: ModelPage) => `# ${title}\n\n${text}\n`;
  const groups = Map.groupBy(pages, ({ group }) => group);
  const lists = [...groups].map(([label, own]) => {
    const links = own.map(
      ({ title, address, description }) => `- [${title}](/${fileOf(address)}): ${description}`,
    );
    return `## ${label}\n\n${links.join("\n")}\n`;
  });
  const intro =
    "# OnSwift\n\n> The backend of a two-sided creative marketplace with project management, on Supabase: a PostgreSQL database with row-level security, an SDK for TypeScript, a REST API.\n\nThe REST API is described by [openapi.json](/openapi.json).\n";
  return [
    ["llms.txt", [intro, ...lists].join("\n")],
    ["llms-full.txt", pages.map(whole).join("\n---\n\n")],
    ...pages.map((page) => [fileOf(page.address), whole(page)] as const),
  ];
}
