import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { tooLarge } from "./errors.ts";

/** Bytes that are on disk for good. */
export interface Blob {
  /** The name of their file, and the object's `version`. */
  readonly version: string;
  readonly size: number;
  readonly md5: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The bytes of objects: one file for each version ever written, under a name of its own. Objects' names never
 * become paths. A file takes its place when it is whole and on disk; the database row that names its version
 * makes it visible, and a file that no row names is swept.
 */
export class Blobs {
  readonly #objects: string;
  readonly #incoming: string;
  /** Where resumable uploads grow. */
  readonly resumable: string;

  private constructor(folder: string) {
    this.#objects = join(folder, "objects");
    this.#incoming = join(folder, "incoming");
    this.resumable = join(folder, "resumable");
  }

  static async open(folder: string): Promise<Blobs> {
    const blobs = new Blobs(folder);
    // What was on its way when the process ended belongs to nobody.
    await rm(blobs.#incoming, { recursive: true, force: true });
    for (const path of [blobs.#objects, blobs.#incoming, blobs.resumable]) {
      await mkdir(path, { recursive: true, mode: 0o700 });
    }
    return blobs;
  }

  /** Writes a stream as it comes; nothing stays of one that breaks off or is longer than allowed. */
  async write(from: Readable, limit: number): Promise<Blob> {
    const version = randomUUID();
    const draft = join(this.#incoming, version);
    const hash = createHash("md5");
    let size = 0;
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        hash.update(chunk);
        done(size > limit ? tooLarge() : null, chunk);
      },
    });
    try {
      await pipeline(from, measured, createWriteStream(draft, { mode: 0o600, flush: true }));
      await this.#keep(draft, version);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { version, size, md5: hash.digest("hex") };
  }

  /**
   * Makes a whole file an object's, as resumable uploads leave it. It stays where it was, as a second name for
   * the same bytes: a client whose last answer got lost asks once more how far it has come.
   */
  async adopt(file: string): Promise<Blob> {
    const version = randomUUID();
    const hash = createHash("md5");
    let size = 0;
    for await (const chunk of createReadStream(file)) {
      hash.update(chunk);
      size += chunk.length;
    }
    const handle = await open(file, "r");
    await handle.sync().finally(() => handle.close());
    const draft = join(this.#incoming, version);
    await link(file, draft);
    await this.#keep(draft, version);
    return { version, size, md5: hash.digest("hex") };
  }

  async copy(from: string): Promise<string> {
    const version = randomUUID();
    const draft = join(this.#incoming, version);
    await copyFile(this.#path(from), draft);
    await this.#keep(draft, version);
    return version;
  }

  /** Bytes in the file; undefined where there is none. */
  async size(version: string): Promise<number | undefined> {
    if (!uuid.test(version)) return undefined;
    const found = await stat(this.#path(version)).catch(() => undefined);
    return found?.size;
  }

  read(version: string, range?: { readonly start: number; readonly end: number }): ReadStream {
    return createReadStream(this.#path(version), range);
  }

  async remove(versions: readonly (string | null)[]): Promise<void> {
    const known = versions.filter((version) => version !== null && uuid.test(version));
    await Promise.all(known.map((version) => rm(this.#path(version ?? ""), { force: true })));
  }

  /** All versions that have lain there since before a moment, folder by folder. */
  async *olderThan(moment: number): AsyncGenerator<readonly string[]> {
    for (const folder of await readdir(this.#objects)) {
      const versions: string[] = [];
      for (const version of await readdir(join(this.#objects, folder))) {
        const found = await stat(join(this.#objects, folder, version)).catch(() => undefined);
        if (found !== undefined && found.mtimeMs < moment) versions.push(version);
      }
      if (versions.length > 0) yield versions;
    }
  }

  async #keep(draft: string, version: string): Promise<void> {
    const path = this.#path(version);
    const folder = join(path, "..");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(draft, path);
    // The name has to survive a power cut as well as the bytes do.
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  }

  #path(version: string): string {
    if (!uuid.test(version)) throw new Error("Not a version of ours.");
    return join(this.#objects, version.slice(0, 2), version);
  }
}
