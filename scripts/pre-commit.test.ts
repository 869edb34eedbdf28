/** The hook in .githooks, tried in a repository of its own. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "./root.ts";

const execute = promisify(execFile);
let folder = "";

const git = async (...args: string[]): Promise<{ ok: boolean; output: string }> => {
  // Settings of the developer's own Git, or of a hook that runs these tests, must not decide.
  const env = { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  try {
    const { stderr, stdout } = await execute("git", args, { cwd: folder, env });
    return { ok: true, output: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, output: stdout + stderr };
  }
};

const stage = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), content);
  await git("add", "--force", file);
};

const commit = () => git("commit", "--message", "A change");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "onswift-hook-"));
  await git("init", "--quiet");
  await git("config", "user.name", "Test");
  await git("config", "user.email", "test@example.com");
  await git("config", "core.hooksPath", join(root, ".githooks"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  await writeFile(join(folder, ".gitignore"), "node_modules\n");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the pre-commit hook", () => {
  test("accepts a clean first commit and a clean second one", async () => {
    await stage("a.ts", 'export const a = "a";\n');
    expect(await commit()).toMatchObject({ ok: true });
    await stage("a.ts", 'export const a = "b";\n');
    expect(await commit()).toMatchObject({ ok: true });
  });

  test("accepts a commit that only deletes a file", async () => {
    await stage("a.md", "# A\n");
    await stage("b.md", "# B\n");
    expect(await commit()).toMatchObject({ ok: true });
    await git("rm", "--quiet", "a.md");
    expect(await commit()).toMatchObject({ ok: true });
  });

  test.each([
    ["is not formatted", "export const a = 'a'\n"],
    ["breaks a lint rule", "export function a(b: number) {\n  return b == 1;\n}\n"],
  ])("refuses TypeScript that %s", async (_, content) => {
    await stage("a.ts", content);
    expect(await commit()).toMatchObject({
      ok: false,
      output: expect.stringContaining("npx biome check"),
    });
  });

  test.each([
    ["white space at a line end", "text \n"],
    ["a conflict marker", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n"],
  ])("refuses %s", async (_, content) => {
    await stage("a.md", content);
    expect(await commit()).toMatchObject({
      ok: false,
      output: expect.stringContaining("white space errors"),
    });
  });

  test.each([
    ".env",
    "supabase/.env",
    "supabase/functions/.env.local",
    "server.key",
    "certs/server.pem",
    ".ssh/id_ed25519",
    ".npmrc",
  ])("refuses the file %s", async (file) => {
    await stage(file, "A=1\n");
    expect(await commit()).toMatchObject({
      ok: false,
      output: expect.stringContaining("These files look like secrets"),
    });
  });

  test("accepts the file .env.example", async () => {
    await stage(".env.example", "A=1\n");
    expect(await commit()).toMatchObject({ ok: true });
  });

  // Long enough that the end of the line is cut off when it is shown.
  const filler = " and more".repeat(8);
  // Put together here, so that this file does not look like a secret itself.
  test.each([
    ["a private key", `-----BEGIN ${"RSA "}PRIVATE KEY-----`],
    ["a secret key of Supabase", `SECRET_KEY=${"sb_secret_"}${"Ab1-".repeat(6)}`],
    ["an access token of Supabase", `${"sbp_"}${"0a".repeat(20)}`],
    ["a key of Resend", `key: ${"re_"}AbCd1234_${"x1".repeat(12)}`],
    ["a token of GitHub", `"${"ghp_"}${"Aa1".repeat(12)}"`],
    ["a token of npm", `_authToken=${"npm_"}${"Aa1".repeat(12)}`],
  ])("refuses a line with %s and does not print all of it", async (_, line) => {
    await stage("notes.md", `${line}${filler}\n`);
    const { ok, output } = await commit();
    expect(ok).toBe(false);
    expect(output).toContain("These lines look like secrets");
    expect(output).not.toContain(`${line}${filler}`);
  });

  test("accepts the short keys that tests use", async () => {
    await stage("notes.md", 'secretKey: "sb_secret_test", "Bearer sb_secret_wrong"\n');
    expect(await commit()).toMatchObject({ ok: true });
  });

  test("takes less than two seconds for fifty files", async () => {
    for (let index = 0; index < 50; index += 1) {
      await stage(`src/file-${index}.ts`, `export const value${index} = ${index};\n`);
    }
    // The fastest of three, because other work on this machine must not decide.
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const began = performance.now();
      expect(await git("hook", "run", "pre-commit")).toMatchObject({ ok: true });
      times.push(performance.now() - began);
    }
    expect(Math.min(...times)).toBeLessThan(2000);
  });
});
