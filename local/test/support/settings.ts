import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { loadKeys } from "../../src/keys.ts";
import { choosePorts } from "../../src/ports.ts";
import type { Settings } from "../../src/settings.ts";

export const fixture = join(import.meta.dirname, "../fixtures/project");

/** Creates settings with free ports, like those the stack passes to its parts. */
export async function scratchSettings(given: {
  readonly dataDir: string;
  readonly projectDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly trustProxy?: boolean;
}): Promise<Settings> {
  const { dataDir, projectDir = fixture, env, trustProxy = false } = given;
  const config = await loadConfig(projectDir, env);
  const ports = await choosePorts(config, { api: 0 });
  return {
    projectDir,
    dataDir,
    ports,
    host: "127.0.0.1",
    trustProxy,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    mailUrl: `http://127.0.0.1:${ports.mail}`,
    keys: await loadKeys(dataDir),
    config,
  };
}

/** Copies the fixture project, so that a test can change it. */
export async function copyOfFixture(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "project-"));
  // Not what a stack that ran in the fixture has left there.
  const filter = (source: string) => basename(source) !== ".temp";
  await cp(join(fixture, "supabase"), join(folder, "supabase"), { recursive: true, filter });
  return folder;
}
