import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tooLarge } from "./errors.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Bytes that are safely on disk, not yet part of any object. */
export interface Received {
  readonly version: string;
  readonly size: number;
  readonly eTag: string;
}

/**
 * The bytes of objects, a file a version. The name of an object is never part of a path, so that no name
 * can lead anywhere, moving costs nothing, and a version that no row names is a leftover. Files are
 * written beside, flushed, and appear whole; they are never changed afterwards.
 */
export class Bytes {
  readonly #objects: string;
  readonly #drafts: string;

  constructor(root: string) {
    this.#objects = join(root, "objects");
    this.#drafts = join(root, "drafts");
  }

  /** Makes the folders, and forgets what was being written when the process ended. */
  async prepare(): Promise<void> {
    await rm(this.#drafts, { recursive: true, force: true });
    for (const folder of [this.#objects, this.#drafts]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Streams `source` to disk; stops reading at the first byte beyond `limit`. */
  async receive(source: AsyncIterable<Uint8Array>, limit: number): Promise<Received> {
    const version = randomUUID();
    const draft = join(this.#drafts, version);
    const digest = createHash("md5");
    let size = 0;
    try {
      const file = await open(draft, "wx", 0o600);
      try {
        for await (const chunk of source) {
          size += chunk.length;
          if (size > limit) throw tooLarge();
          digest.update(chunk);
          // The next chunk is read when this one is written: a fast client waits for a slow disk.
          for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#place(version, (path) => rename(draft, path));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { version, size, eTag: quoted(digest.digest("hex")) };
  }

  /** Takes over a file that was written elsewhere on the same disk; it stays there as well. */
  async adopt(file: string, version: string): Promise<Received> {
    const handle = await open(file, "r");
    const digest = createHash("md5");
    let size = 0;
    try {
      await handle.sync();
      for await (const chunk of handle.createReadStream({ autoClose: false })) {
        size += (chunk as Buffer).length;
        digest.update(chunk as Buffer);
      }
    } finally {
      await handle.close();
    }
    await this.#place(version, (path) =>
      link(file, path).catch((error: NodeJS.ErrnoException) => {
        // An earlier try got this far; the bytes are the same.
        if (error.code !== "EEXIST") throw error;
      }),
    );
    return { version, size, eTag: quoted(digest.digest("hex")) };
  }

  /** The same bytes as a version of their own. They never change, so one copy on disk is enough. */
  async duplicate(version: string): Promise<string> {
    const copy = randomUUID();
    await this.#place(copy, (path) => link(this.#pathOf(version), path));
    return copy;
  }

  /** A handle on one version, or nothing when there are no such bytes. The caller closes it. */
  async open(version: string | null): Promise<FileHandle | undefined> {
    if (version === null || !uuid.test(version)) return undefined;
    return open(this.#pathOf(version), "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  async remove(...versions: readonly (string | null | undefined)[]): Promise<void> {
    for (const version of versions) {
      if (typeof version === "string" && uuid.test(version)) {
        await rm(this.#pathOf(version), { force: true });
      }
    }
  }

  /** Every version there is, a folder at a time. */
  async *versions(): AsyncGenerator<readonly string[]> {
    for (const shard of await readdir(this.#objects)) {
      const names = await readdir(join(this.#objects, shard)).catch(() => []);
      yield names.filter((name) => uuid.test(name));
    }
  }

  async size(version: string): Promise<number | undefined> {
    return stat(this.#pathOf(version)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  #pathOf(version: string): string {
    return join(this.#objects, version.slice(0, 2), version);
  }

  async #place(version: string, put: (path: string) => Promise<void>): Promise<void> {
    const path = this.#pathOf(version);
    const folder = dirname(path);
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
    await put(path);
    await flushFolder(folder);
    if (isNew) await flushFolder(this.#objects);
  }
}

const quoted = (text: string): string => `"${text}"`;

/** A new name survives a power cut only once its folder is flushed, where the system can do that. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
