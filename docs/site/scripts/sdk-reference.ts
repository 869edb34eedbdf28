import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Application, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { root, site } from "./paths.ts";

interface ReferencePage {
  /** Where TypeDoc wrote it, so that the links between the pages are found. */
  readonly source: string;
  readonly slug: string;
  readonly markdown: string;
}

const folder = join(site, "generated/sdk");
const entries = ["index", "node", "queries", "react"];

/** Writes the reference of the SDK from its TSDoc. A warning is an error: something public is not explained. */
export async function sdkReference(): Promise<readonly ReferencePage[]> {
  await rm(folder, { recursive: true, force: true });
  const options: TypeDocOptions & Partial<PluginOptions> = {
    entryPoints: entries.map((name) => join(root, `sdk/src/${name}.ts`)),
    tsconfig: join(site, "sdk.tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    out: folder,
    name: "@onswift/sdk",
    readme: "none",
    entryFileName: "index",
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    logLevel: "Warn",
    // A helper of the types of `sort`, which readers see written out.
    intentionallyNotExported: ["Descending"],
  };
  const app = await Application.bootstrapWithPlugins(options as Partial<TypeDocOptions>);
  const project = await app.convert();
  if (project === undefined) throw new Error("The SDK cannot be read.");
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error("TypeDoc has warnings: see above.");
  }
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".md"));
  return Promise.all(
    files.map(async (file) => ({
      source: `docs/site/generated/sdk/${file}`,
      slug: slugOf(file),
      markdown: await readFile(join(folder, file), "utf8"),
    })),
  );
}

/** The page of the entry `index` is at `main`: `reference/index` is the address of `reference`, the list of entries. */
function slugOf(file: string): string {
  const page = file === "index/index.md" ? "main" : file.replace(/\.md$/, "");
  return `sdk/reference/${page}`.replace(/\/index$/, "").toLowerCase();
}
