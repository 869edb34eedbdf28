import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../sdk/packed.ts";

export interface Server {
  readonly url: string;
  stop(): void;
}

/** Starts the server of an example, and waits until it answers. */
export async function startServer(
  example: string,
  command: string,
  args: readonly string[],
  { port, env, ready }: { readonly port: number; readonly env: object; readonly ready: string },
): Promise<Server> {
  const cwd = join(root, "examples", example);
  const output: string[] = [];
  const child: ChildProcess = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text) => output.push(text));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => void child.kill();
  for (const end = Date.now() + 30_000; ; await new Promise((wake) => setTimeout(wake, 100))) {
    if ((await fetch(url + ready).catch(() => undefined)) !== undefined) return { url, stop };
    if (child.exitCode !== null || Date.now() > end) {
      stop();
      throw new Error(`${example} did not start.\n${output.join("")}`);
    }
  }
}
