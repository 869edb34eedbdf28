import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOnly } from "../../sdk/test/start-only.ts";
import { password, someAddress, someEmail } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { inBrowser } from "./browser.ts";
import { expectedOutput, names, program, typedProgram } from "./consumer.ts";
import { bin, installPeer, machinesNode, type Packed, packSdk, root, run } from "./packed.ts";

let packed: Packed;
const at = (file: string) => join(packed.folder, file);
const settings = () => ({
  API_URL: apiUrl,
  PUBLISHABLE_KEY: publishableKey,
  ADDRESS: someAddress(),
  EMAIL: someEmail(),
  PASSWORD: password,
  DUE: inDays(30),
});
const outcome = (stdout: string) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "");

beforeAll(async () => {
  packed = await packSdk();
});
afterAll(() => packed?.remove());

describe("the packed SDK", () => {
  test("the package contains only the needed files", async () => {
    const files = await readdir(at("node_modules/@onswift/sdk"), { recursive: true });
    const top = files.filter((file) => !file.includes("/")).sort();
    expect(top).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    const javaScript = files.filter((file) => /\.c?js$/.test(file)).sort();
    const entries = ["index", "node", "queries", "react"];
    // What the entries for ESM share is in chunks, and so is what is loaded when it is first used.
    const chunk = /^dist\/(chunk|batch|download|export|factors|scan)-\w+\.js$/;
    const own = javaScript.filter((file) => !chunk.test(file));
    expect(own).toEqual(entries.flatMap((name) => [`dist/${name}.cjs`, `dist/${name}.js`]));
  });

  test("classes keep their names, and an app's bundler makes the package small", async () => {
    const dist = at("node_modules/@onswift/sdk/dist");
    const files = (await readdir(dist)).filter((file) => file.endsWith(".js"));
    const texts = await Promise.all(files.map((file) => readFile(join(dist, file), "utf8")));
    const code = texts.join("\n");
    for (const name of ["Auth", "Projects", "Realtime", "OnSwiftError"]) {
      expect(code).toMatch(new RegExp(`\\b${name} ?= ?class\\b`));
    }
    const { outputFiles } = await build({
      stdin: { contents: `export * from "@onswift/sdk"`, resolveDir: packed.folder },
      bundle: true,
      format: "esm",
      minify: true,
      external: ["@supabase/supabase-js"],
      plugins: [startOnly],
      write: false,
    });
    for (const part of ["batch", "download", "export", "factors", "scan"]) {
      expect(outputFiles[0]?.text).toMatch(new RegExp(`import\\("\\./${part}-\\w+\\.js"\\)`));
    }
    expect(gzipSync(outputFiles[0]?.text ?? "").byteLength).toBeLessThanOrEqual(16 * 1024);
  });

  test("the package passes publint and are-the-types-wrong", async () => {
    await run(bin("publint"), ["--strict", at("node_modules/@onswift/sdk")], {});
    await run(bin("attw"), [packed.tarball], {});
  });

  test("the types work with import and require, without supabase-js types and without the DOM", async () => {
    await writeFile(at("esm.mts"), typedProgram);
    await writeFile(at("cjs.cts"), typedProgram);
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--lib",
      "es2023",
    ];
    const module = ["--module", "nodenext", "--moduleResolution", "nodenext"];
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    await run(bin("tsc"), [...options, ...module, ...types, at("esm.mts"), at("cjs.cts")], {});
  });
});

describe("installed from the tarball", () => {
  beforeAll(() => installPeer(packed));

  const esm = `import ${names} from "@onswift/sdk";\nconst { env } = process;${program}`;
  const cjs = `const ${names} = require("@onswift/sdk");\nconst { env } = process;${program}`;
  const node = (file: string, env: NodeJS.ProcessEnv, command = "node") =>
    run(command, [at(file)], { env: { ...env, ...settings() } });

  test("the SDK works as ESM and CJS on the project's Node", async () => {
    await writeFile(at("esm.mjs"), esm);
    await writeFile(at("cjs.cjs"), cjs);
    expect(outcome(await node("esm.mjs", process.env, process.execPath))).toEqual(expectedOutput);
    expect(outcome(await node("cjs.cjs", process.env, process.execPath))).toEqual(expectedOutput);
  });

  test("the SDK works as ESM and CJS on the machine's Node", async () => {
    await writeFile(at("esm.mjs"), esm);
    await writeFile(at("cjs.cjs"), cjs);
    expect(outcome(await node("esm.mjs", machinesNode()))).toEqual(expectedOutput);
    expect(outcome(await node("cjs.cjs", machinesNode()))).toEqual(expectedOutput);
  });

  test("the SDK works in Deno", async () => {
    await writeFile(at("package.json"), JSON.stringify({ type: "module" }));
    await writeFile(
      at("deno.ts"),
      `import ${names} from "@onswift/sdk";\nconst env = Deno.env.toObject();${program}`,
    );
    const args = ["run", "--no-check", "--node-modules-dir=manual", "--allow-net", "--allow-env"];
    const env = { ...process.env, ...settings(), NO_COLOR: "1" };
    const stdout = await run(bin("deno"), [...args, "--allow-read", at("deno.ts")], {
      env,
      cwd: packed.folder,
    });
    expect(outcome(stdout)).toEqual(expectedOutput);
  });

  test("the SDK works bundled in a browser", async () => {
    const entry = `import ${names} from "@onswift/sdk";\nconst { env } = globalThis;${program}`;
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: packed.folder },
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
    });
    const line = await inBrowser(outputFiles[0]?.text ?? "", settings());
    expect(outcome(line)).toEqual(expectedOutput);
  });
});
