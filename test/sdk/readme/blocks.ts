import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../packed.ts";

/** A block of code in the SDK's README. */
export interface Block {
  /** A file name: the number of the block and the section that it is in. */
  readonly name: string;
  readonly section: string;
  readonly language: "ts" | "tsx";
  readonly code: string;
}

/** Every block of TypeScript in the SDK's README. */
export async function readmeBlocks(): Promise<readonly Block[]> {
  const readme = await readFile(join(root, "sdk/README.md"), "utf8");
  const blocks: Block[] = [];
  let section = "Start";
  for (const [, heading, language, code] of readme.matchAll(
    /^## (.+)$|^```(tsx?)\n([\s\S]*?)^```$/gm,
  )) {
    if (heading !== undefined) section = heading;
    if (code === undefined || (language !== "ts" && language !== "tsx")) continue;
    const name = `${String(blocks.length + 1).padStart(2, "0")}-${section.replace(/\W+/g, "-")}`;
    blocks.push({ name, section, language, code });
  }
  return blocks;
}
