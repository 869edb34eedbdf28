import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

const compress = promisify(gzip);

export interface WebFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** Reads a built app: every file by its address. No other file of the disk has one. */
export async function readFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        const plain = await readFile(path);
        const compressed = await compress(plain, { level: 9 });
        const type = types[extname(name)] ?? "application/octet-stream";
        return [path.slice(folder.length), { type, plain, compressed }] as const;
      }),
    ),
  );
}
