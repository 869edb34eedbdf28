import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../packed.ts";

type User = "creator" | "talent" | "newcomer" | "visitor";

/** A block of code in the SDK's README or in a guide. */
export interface Block {
  /** A file name: the number of the block, its page and the section that it is in. */
  readonly name: string;
  readonly language: "ts" | "tsx";
  /** Whose client `onswift` is in it. A block that is not the creator's names the user behind its language. */
  readonly user: User;
  readonly code: string;
}

/** Every block of TypeScript in the SDK's README, the quickstart and the guides. */
export async function documentedBlocks(): Promise<readonly Block[]> {
  const guides = await readdir(join(root, "docs/guides"));
  const pages = [
    "sdk/README.md",
    "docs/quickstart.md",
    ...guides.map((name) => `docs/guides/${name}`),
  ];
  const blocks: Block[] = [];
  for (const page of pages)
    blocks.push(...blocksOf(page, await readFile(join(root, page), "utf8")));
  return blocks.map((block, index) => ({
    ...block,
    name: `${String(index + 1).padStart(2, "0")}-${block.name}`,
  }));
}

function blocksOf(page: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let section = "Start";
  for (const [, heading, language, user = "creator", code] of markdown.matchAll(
    /^## (.+)$|^```(tsx?)(?: as-(talent|newcomer|visitor))?\n([\s\S]*?)^```$/gm,
  )) {
    if (heading !== undefined) section = heading;
    if (code === undefined || (language !== "ts" && language !== "tsx")) continue;
    const name = `${page} ${section}`.replace(/\W+/g, "-");
    blocks.push({ name, language, user: user as User, code });
  }
  return blocks;
}

/** The block with a server that acts for the user of a request, as a module with its own `url` and `key`. */
export async function serverBlock(url: string, key: string): Promise<string> {
  const found = (await documentedBlocks()).find(({ code }) => code.includes("function handle("));
  if (found === undefined) throw new Error("The README has no block with a server.");
  const names = { url, key };
  const constants = Object.entries(names).map(
    ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
  );
  return constants.join("") + found.code;
}
