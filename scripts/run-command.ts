import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./scratch-stack.ts";

/** The path of a program that npm installed. */
export const bin = (name: string): string => join(root, "node_modules", ".bin", name);

export interface Finished {
  readonly code: number;
  /** Standard output and error, as they came. Empty when they were shown or went to `onLine`. */
  readonly output: string;
}

export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly show?: boolean;
    /** Takes each line of standard output and error as it comes. */
    readonly onLine?: (line: string) => void;
    readonly cwd?: string;
  } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: [
        "ignore",
        ...(options.show ? (["inherit", "inherit"] as const) : (["pipe", "pipe"] as const)),
      ],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      if (options.onLine !== undefined) createInterface(stream).on("line", options.onLine);
      else stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output: output.join("") }));
  });
}
