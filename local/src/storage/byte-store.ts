import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tooLarge } from "./errors.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Bytes that are flushed to disk but not yet part of an object. */
export interface ReceivedBytes {
  readonly version: string;
  readonly size: number;
  readonly eTag: string;
}

/**
 * Stores the bytes of objects on disk, one file per version. Object names are never part of a path: no name
 * can escape the folder, moving an object copies no bytes, and a version that no row references is a leftover.
 * A file is written to a draft, flushed, then renamed into place. It never changes afterwards.
 */
export class ByteStore {
  readonly #objects: string;
  readonly #drafts: string;

  constructor(root: string) {
    this.#objects = join(root, "objects");
    this.#drafts = join(root, "drafts");
  }

  /** Creates the folders and removes drafts that an earlier process did not complete. */
  async prepare(): Promise<void> {
    await rm(this.#drafts, { recursive: true, force: true });
    for (const folder of [this.#objects, this.#drafts]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Streams `source` to disk. Stops reading and throws at the first chunk beyond `limit` bytes. */
  async receive(source: AsyncIterable<Uint8Array>, limit: number): Promise<ReceivedBytes> {
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
          // Write each chunk before reading the next, so that a fast client cannot fill the memory.
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

  /** Adds a complete file from the same disk as a version, by hard link. The original stays. */
  async adopt(file: string, version: string): Promise<ReceivedBytes> {
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
        // An earlier attempt has already linked the same bytes.
        if (error.code !== "EEXIST") throw error;
      }),
    );
    return { version, size, eTag: quoted(digest.digest("hex")) };
  }

  /** Creates a second version of the same bytes. Files never change, so a hard link is enough. */
  async duplicate(version: string): Promise<string> {
    const copy = randomUUID();
    await this.#place(copy, (path) => link(this.#pathOf(version), path));
    return copy;
  }

  /** Opens one version; undefined if it does not exist. The caller closes the handle. */
  async open(version: string | null): Promise<FileHandle | undefined> {
    if (version === null || !uuid.test(version)) return undefined;
    return open(this.#pathOf(version), "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  /** Returns the file of one version, which may not exist; undefined if it cannot. For programs that only read. */
  pathOf(version: string | null): string | undefined {
    return version !== null && uuid.test(version) ? this.#pathOf(version) : undefined;
  }

  async remove(...versions: readonly (string | null | undefined)[]): Promise<void> {
    for (const version of versions) {
      if (typeof version === "string" && uuid.test(version)) {
        await rm(this.#pathOf(version), { force: true });
      }
    }
  }

  /** Lists all stored versions, one subfolder at a time. */
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
    const isNewFolder = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
    await put(path);
    await flushFolder(folder);
    if (isNewFolder) await flushFolder(this.#objects);
  }
}

const quoted = (text: string): string => `"${text}"`;

/** Flushes a folder so that its new names survive a power failure. Ignores systems that cannot do this. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
