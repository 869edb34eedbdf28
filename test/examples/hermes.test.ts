/** The packed SDK in Hermes, the JavaScript engine of React Native, compiled as Metro compiles an app. */
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { expect, test } from "vitest";
import { root, run } from "../sdk/packed.ts";

const folder = join(root, "test/hermes");
const installed = createRequire(join(folder, "program.js"));

/** React Native itself, which only devices have. The polyfill of URL asks it for the addresses of blobs. */
const withoutDevice: Plugin = {
  name: "without-device",
  setup(bundler) {
    const namespace = "device";
    bundler.onResolve({ filter: /^react-native$/ }, ({ path }) => ({ path, namespace }));
    const contents = `export const NativeModules = {}; export const Platform = { OS: "android" };`;
    bundler.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
  },
};

/** Bundles the program and compiles it with the preset of React Native for the engine on npm, which is an older one. */
async function compiled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "program.js")],
    bundle: true,
    format: "iife",
    platform: "neutral",
    mainFields: ["react-native", "browser", "module", "main"],
    conditions: ["react-native", "require"],
    plugins: [withoutDevice],
    write: false,
  });
  const options = { disableImportExportTransform: true, enableBabelRuntime: false };
  const profile = { unstable_transformProfile: "default" };
  const preset = installed.resolve("@react-native/babel-preset");
  const { code } = await installed("@babel/core").transformAsync(outputFiles[0]?.text, {
    presets: [[preset, { ...options, ...profile }]],
    filename: join(folder, "dist/bundle.js"),
    babelrc: false,
    configFile: false,
    compact: true,
  });
  return code;
}

const engine = {
  linux: "linux64-bin/hermes",
  darwin: "osx-bin/hermes",
  win32: "win64-bin/hermes.exe",
};

test("an app in Hermes signs in, calls, iterates, reads errors and receives events", async () => {
  const program = join(folder, "node_modules/.bundle.js");
  await writeFile(program, await compiled());
  const cli = join(folder, "node_modules/hermes-engine-cli");
  const file = engine[process.platform as keyof typeof engine];
  const output = await run(join(cli, file), ["-w", "-Xmicrotask-queue", program], {});
  const id = "a0000000-0000-4000-8000-000000000001";
  expect(output).toMatch(/^\{/);
  expect(JSON.parse(output)).toEqual({
    user: { id, email: "zoë@example.com", name: "Zoë", userType: "creator" },
    name: "Zoë",
    requestId: "r1",
    iterated: ["a", "b", "c"],
    all: ["a", "b", "c"],
    factors: [],
    refused: ["VALIDATION_ERROR", "name", "r1"],
    isOnSwiftError: true,
    codes: ["NETWORK", "TIMEOUT", "ABORTED"],
    topics: [`realtime:user:${id}`],
    withToken: true,
    received: ["n1"],
    stored: 0,
  });
});
