import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { describe, expect, test } from "vitest";
import { createClient, fromSupabase } from "../src/index.ts";
import { version } from "../src/version.ts";
import { startOnly } from "./start-only.ts";

const sdk = join(import.meta.dirname, "..");

describe("the package", () => {
  test("the version sent with requests is the package's version", async () => {
    const manifest = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
    expect(manifest.version).toBe(version);
    expect(manifest.dependencies).toBeUndefined();
  });

  test("links of the README work on npm, and lead to files that exist", async () => {
    const manifest = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
    const home = manifest.repository.url.replace(/^git\+|\.git$/g, "");
    const readme = await readFile(join(sdk, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !/^(https:\/\/|#)/.test(link))).toEqual([]);
    const own = links.filter((link) => link.startsWith(`${home}/`));
    expect(own.length).toBeGreaterThan(2);
    for (const link of own) {
      const [path = "", anchor] = link.slice(home.length).split("#");
      const file = join(sdk, "..", path.replace(/^\/(blob|tree)\/main\//, ""));
      await access(file);
      if (anchor === undefined || !file.endsWith(".md")) continue;
      const heads = (await readFile(file, "utf8")).matchAll(/^#+ (.+)$/gm);
      const anchors = [...heads].map(([, head = ""]) => head.toLowerCase().replaceAll(" ", "-"));
      expect(anchors).toContain(anchor);
    }
  });

  test("an app starts with at most 16 KB gzip, loads the rest when it is first used, and needs no Node module", async () => {
    const supabase = "@supabase/supabase-js";
    const bundle = (...plugins: Plugin[]) =>
      build({
        entryPoints: [join(sdk, "src/index.ts")],
        bundle: true,
        format: "esm",
        platform: "browser",
        minify: true,
        external: [supabase],
        plugins,
        write: false,
        metafile: true,
      });
    // What is imported at once, as one file.
    const start = await bundle(startOnly);
    const [output] = Object.values(start.metafile.outputs);
    const imported = (by: string) =>
      new Set(output?.imports.filter(({ kind }) => kind === by).map(({ path }) => path));
    expect(imported("import-statement")).toEqual(new Set([supabase]));
    expect(imported("dynamic-import")).toEqual(
      new Set([
        "./mfa/factors.ts",
        "./batch.ts",
        "./upload/download.ts",
        "./upload/scan.ts",
        "./core/export.ts",
      ]),
    );
    expect(gzipSync(start.outputFiles[0]?.text ?? "").byteLength).toBeLessThanOrEqual(16 * 1024);

    const whole = await bundle();
    const code = whole.outputFiles[0]?.text ?? "";
    expect(gzipSync(code).byteLength).toBeLessThan(21 * 1024);
    expect(code).not.toMatch(/\bprocess\b|\brequire\(|\bimport\(|node:/);
  });

  test.each([
    { entry: "react", limit: 4 },
    { entry: "queries", limit: 3 },
  ])("the entry $entry is under $limit KB gzip beside the SDK", async ({ entry, limit }) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(sdk, `src/${entry}.ts`)],
      bundle: true,
      format: "esm",
      platform: "browser",
      minify: true,
      external: ["react", "@tanstack/react-query"],
      write: false,
      metafile: true,
    });
    expect(gzipSync(outputFiles[0]?.text ?? "").byteLength).toBeLessThan(limit * 1024);
    const [output] = Object.values(metafile.outputs);
    const imports = output?.imports.map(({ path }) => path);
    // Nothing of TanStack Query but types is needed for the queries, nor is React.
    expect([...new Set(imports)].sort()).toEqual(
      entry === "react" ? ["@tanstack/react-query", "react"] : [],
    );
    expect(Object.keys(metafile.inputs)).not.toContain("sdk/src/client.ts");
  });

  test("a bundler removes the SDK if it is imported but not used", async () => {
    const { outputFiles } = await build({
      stdin: { contents: `import "./src/index.ts"`, resolveDir: sdk },
      bundle: true,
      format: "esm",
      external: ["@supabase/supabase-js"],
      plugins: [startOnly],
      // Ignores `sideEffects: false` of package.json: the SDK must have no side effects on import.
      ignoreAnnotations: true,
      write: false,
    });
    const code = outputFiles[0]?.text.replace(/^\s*\/\/.*$/gm, "").trim();
    expect(code).toMatch(/^import [^\n]* from "@supabase\/supabase-js";$/);
  });
});

describe("a client", () => {
  test("createClient works without a WebSocket class", () => {
    const { WebSocket } = globalThis;
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      expect(Object.keys(createClient({ url: "http://a.test", key: "k" }))).toEqual([
        "auth",
        "users",
        "projects",
        "team",
        "tasks",
        "deliverables",
        "files",
        "samples",
        "conversations",
        "messages",
        "reviews",
        "calendar",
        "analytics",
        "notifications",
        "realtime",
      ]);
    } finally {
      globalThis.WebSocket = WebSocket;
    }
  });

  test("fromSupabase refuses an object that is not a supabase-js client", () => {
    const wrong = { auth: {}, rpc: null, schema: () => ({}) };
    expect(() => fromSupabase(wrong)).toThrow(/createClient of @supabase\/supabase-js/);
  });
});
