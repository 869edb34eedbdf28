/**
 * Writes what the site is built from: pages from the Markdown of the repository, the reference of the SDK from its
 * TSDoc, the REST reference from the OpenAPI document, screenshots, and the texts for language models.
 */
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { languageModelTexts, type ModelPage } from "./llms.ts";
import { astroFile, readPage, type Written } from "./markdown.ts";
import { pagesFolder, publicFolder, root } from "./paths.ts";
import { screenshotsPage } from "./screenshots.ts";
import { sdkReference } from "./sdk-reference.ts";
import { groups } from "./sidebar.ts";

await Promise.all(
  [pagesFolder, publicFolder].map((folder) => rm(folder, { recursive: true, force: true })),
);

const all = await groups();
const pages = all.flatMap((group) => group.pages.map((page) => ({ ...page, group: group.label })));
await expectListed(pages.map(({ source }) => source));
const reference = await sdkReference();
const pictures = await picturesOfDocs();
const addresses = new Map([
  ...pictures.map((file) => [`docs/${file}`, `/${file}`] as const),
  ...pages.map(({ source, slug }) => [source, addressOf(slug)] as const),
  ...reference.map(({ source, slug }) => [source, addressOf(slug)] as const),
]);

const models: ModelPage[] = [];
for (const { source, slug, group } of pages) {
  const written = readPage(source, await readFile(join(root, source), "utf8"), addresses);
  models.push({ ...written, group, address: addressOf(slug) });
  await writePage(slug, written, { editUrl: false });
}
for (const { source, slug, markdown } of reference) {
  // The table of contents of a page with every method's arguments would be longer than the page.
  const contents = { tableOfContents: { maxHeadingLevel: 3 }, editUrl: false };
  await writePage(slug, readPage(source, markdown, addresses), contents);
}
await writePage("screenshots", await screenshotsPage());
for (const file of pictures) await cp(join(root, "docs", file), join(publicFolder, file));
await cp(join(root, "examples/web/public/icon.svg"), join(publicFolder, "icon.svg"));
for (const [file, text] of languageModelTexts(models))
  await writeText(join(publicFolder, file), text);

/** A page that is not in the navigation would not be found. */
async function expectListed(sources: readonly string[]): Promise<void> {
  for await (const file of glob("docs/{*,guides/*}.md", { cwd: root })) {
    if (!sources.includes(file)) throw new Error(`scripts/navigation.ts does not list ${file}.`);
  }
}

/** Screenshots and plots, by their paths in docs. */
async function picturesOfDocs(): Promise<readonly string[]> {
  const pictures: string[] = [];
  for await (const file of glob("*/*.{svg,webp}", { cwd: join(root, "docs") })) pictures.push(file);
  return pictures;
}

function addressOf(slug: string): string {
  return slug === "index" ? "/" : `/${slug}/`;
}

function writePage(slug: string, written: Written, front?: object): Promise<void> {
  // Of two pages with one address the build would keep either, now this and now that one.
  if (slug.endsWith("/index")) throw new Error(`${slug} has the address of its folder.`);
  return writeText(join(pagesFolder, `${slug}.md`), astroFile(written, front));
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
