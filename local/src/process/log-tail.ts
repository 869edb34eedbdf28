import { readFile, stat } from "node:fs/promises";

/**
 * Remembers where a log ends now, and tells later what a program wrote since: why it ended before it
 * served. That is the line `telling` finds, else the last one.
 */
export async function tailLog(file: string, telling: RegExp): Promise<() => Promise<string>> {
  const start = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  return async () => {
    const text = (await readFile(file)).toString("utf8", start);
    const line = telling.exec(text)?.[1] ?? text.trim().split("\n").at(-1);
    return line === undefined || line === "" ? `see ${file}` : `${line} (${file})`;
  };
}
