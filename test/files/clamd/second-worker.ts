import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { denoBinary, denoEnvironment } from "embedded-supabase";
import { root } from "../../../scripts/scratch-stack.ts";

/** Another instance of the `files` function, as a platform starts when one is not enough. */
export async function secondWorker(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly wake: () => Promise<number>; readonly stop: () => void }> {
  const folder = `${root}/supabase/functions/files`;
  const child = spawn(
    denoBinary(),
    ["run", "--no-check", "-A", `--config=${folder}/deno.json`, `${folder}/index.ts`],
    {
      env: {
        PATH: process.env.PATH ?? "",
        ...denoEnvironment(root),
        ...environment,
        DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const address = await addressOf(child);
  return {
    wake: async () => {
      const headers = { authorization: `Bearer ${environment.SUPABASE_SERVICE_ROLE_KEY}` };
      return (await fetch(address, { method: "POST", headers })).status;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

/** Deno prints the address that it listens on. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    child.once("exit", () => reject(new Error(lines.join("\n"))));
  });
}
