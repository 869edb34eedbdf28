import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Written } from "./markdown.ts";
import { root } from "./paths.ts";

/** The screens of the web app, in the theme of the reader. The tests of the web app take the pictures. */
export async function screenshotsPage(): Promise<Written> {
  const files = await readdir(join(root, "docs/screenshots"));
  const names = [
    ...new Set(files.flatMap((file) => /^(.+)-(?:dark|light)\.webp$/.exec(file)?.[1] ?? [])),
  ];
  const figures = names.sort().map((name) => {
    const words = name.replace(/-phone$/, ", on a phone").replaceAll("-", " ");
    const title = (words[0] ?? "").toUpperCase() + words.slice(1);
    const image = (theme: string) =>
      `<img class="of-${theme}" src="/screenshots/${name}-${theme}.webp" alt="${title}, ${theme} theme" loading="lazy">`;
    return `<figure>${image("light")}${image("dark")}<figcaption>${title}</figcaption></figure>`;
  });
  return {
    title: "Screenshots",
    description: "The screens of the web app.",
    text: `The web app of \`npm start -- --web\`, on the seeded data.\n\n<div class="screens not-content">\n${figures.join("\n")}\n</div>`,
  };
}
