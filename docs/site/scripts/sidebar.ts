import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Group, groupsWith } from "./navigation.ts";
import { root } from "./paths.ts";

/** The groups of pages, with every decision. */
export async function groups(): Promise<readonly Group[]> {
  const files = await readdir(join(root, "docs/decisions"));
  const names = files
    .filter((file) => file !== "README.md")
    .map((file) => file.replace(/\.md$/, ""));
  return groupsWith(names.sort());
}

/** The sidebar, as Starlight takes it. */
export async function navigation() {
  const all = await groups();
  return all.map(({ label, pages, links = [], collapsed = false }) => ({
    label,
    collapsed,
    items: [
      ...pages.map(({ slug, label: short }) =>
        short === undefined ? { slug } : { slug, label: short },
      ),
      ...links,
    ],
  }));
}
