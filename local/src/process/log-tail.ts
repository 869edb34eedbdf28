import { readFile, stat } from "node:fs/promises";

/**
 * Remembers where a log ends now. Returns a function that finds what a program wrote since then about why it
 * ended: the line that matches `reason`, else the last line.
 */
export async function tailLog(file: string, reason: RegExp): Promise<() => Promise<string>> {
  const start = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  return async () => {
    const text = (await readFile(file)).toString("utf8", start);
    const line = reason.exec(text)?.[1] ?? text.trim().split("\n").at(-1);
    return line === undefined || line === "" ? `see ${file}` : `${line} (${file})`;
  };
}
