import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { password, someAddress, someEmail } from "../../world/people.ts";
import { inDays } from "../../world/projects.ts";
import { apiUrl, publishableKey } from "../../world/stack.ts";
import { bin, installPeer, type Packed, packSdk, root, run } from "../packed.ts";
import { type Block, documentedBlocks } from "./blocks.ts";
import { modules, names, packages } from "./names.ts";
import { runner } from "./runner.ts";

let packed: Packed;
let blocks: readonly Block[];
const at = (file: string) => join(packed.folder, file);
const write = async (file: string, text: string) => {
  await mkdir(dirname(at(file)), { recursive: true });
  await writeFile(at(file), text);
};

beforeAll(async () => {
  packed = await packSdk();
  // Those of React come last, because they need a document, which others take for a browser's.
  const last = ({ language }: Block) => Number(language === "tsx");
  blocks = (await documentedBlocks()).toSorted((one, other) => last(one) - last(other));
  await installPeer(packed);
  for (const name of [
    "react",
    "react-dom",
    "scheduler",
    "@tanstack",
    "@types",
    "happy-dom",
    "otpauth",
  ]) {
    await symlink(join(root, "node_modules", name), at(`node_modules/${name}`));
  }
  for (const [file, code] of Object.entries(packages)) {
    await write(`node_modules/${file}`, code);
    const folder = file.startsWith("@") ? dirname(file) : (file.split("/")[0] ?? "");
    const entries = { ".": "./index.js", "./auto": "./auto.js", "./headers": "./headers.js" };
    const manifest = { name: folder, type: "module", exports: entries };
    await write(`node_modules/${folder}/package.json`, JSON.stringify(manifest));
  }
  await write("package.json", JSON.stringify({ type: "module" }));
}, 300_000);
afterAll(() => packed?.remove());

test("every block of the README and the guides compiles", async () => {
  expect(blocks.length).toBeGreaterThan(41);
  await write("names.d.ts", names);
  await write("modules.d.ts", modules);
  await copyFile(join(root, "supabase/database.types.ts"), at("database.types.ts"));
  for (const { name, language, code } of blocks) {
    await write(`${name}.${language}`, `${code}\nexport {};\n`);
  }
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node"],
    skipLibCheck: true,
  };
  await write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts", "*.tsx"] }));
  await run(bin("tsc"), ["-p", at("tsconfig.json")], {});
});

test("every block of the README and the guides runs", async () => {
  // What a reader replaces by their own: the address, the key, and days that have passed.
  const own = (code: string) =>
    code
      .replaceAll("http://127.0.0.1:54321", apiUrl)
      .replaceAll("sb_publishable_…", publishableKey)
      .replaceAll('"maya@northlight.example"', "email")
      .replaceAll('"OnSwift-demo-1!"', "password")
      .replaceAll("2027-", `${new Date().getFullYear() + 1}-`);
  for (const { name, language, code } of blocks) {
    const loader = language;
    const transformed = await transform(own(code), { loader, jsx: "automatic" });
    const failing = /const \{ data, error \} = await/.test(code) && !/^export/m.test(code);
    await write(`${name}.mjs`, transformed.code + (failing ? "\nif (error) throw error;" : ""));
  }
  const movie = new Uint8Array(70);
  movie.set(new TextEncoder().encode("\0\0\0\x18ftypisom"));
  await writeFile(at("cut.mp4"), movie);
  await write("runner.mjs", runner);
  const env = {
    ...process.env,
    API_URL: apiUrl,
    PUBLISHABLE_KEY: publishableKey,
    ADDRESS: someAddress(),
    EMAIL: someEmail(),
    PASSWORD: password,
    DUE: inDays(30),
    BLOCKS: JSON.stringify({ blocks }),
  };
  const output = await run(process.execPath, [at("runner.mjs")], { env, cwd: packed.folder });
  const ran = output.split("\n").filter((line) => line.startsWith("ran "));
  expect(ran).toEqual(blocks.map(({ name }) => `ran ${name}`));
});

test("the tarball installs as the README and the quickstart show", async () => {
  const { version } = JSON.parse(await readFile(join(root, "sdk/package.json"), "utf8"));
  const readme = await readFile(join(root, "sdk/README.md"), "utf8");
  expect(readme).toContain(`npm install ./onswift-sdk-${version}.tgz`);
  const quickstart = await readFile(join(root, "docs/quickstart.md"), "utf8");
  expect(quickstart).toContain(`npm install ../onswift/onswift-sdk-${version}.tgz`);
  expect(packed.tarball).toMatch(new RegExp(`/onswift-sdk-${version}\\.tgz$`));
  await write("stranger/package.json", JSON.stringify({ name: "stranger", type: "module" }));
  // Without the peers, so that no registry is needed.
  const quiet = ["--no-audit", "--no-fund", "--offline", "--legacy-peer-deps"];
  await run("npm", ["install", ...quiet, packed.tarball], { cwd: at("stranger") });
  const check = `import.meta.resolve("@onswift/sdk/react") && console.log("found")`;
  const args = ["--input-type=module", "--eval", check];
  expect(await run(process.execPath, args, { cwd: at("stranger") })).toContain("found");
});
