import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Upload } from "@tus/server";

/** The record of an upload, stored as a JSON file beside its bytes. */
interface UploadRecord {
  readonly id: string;
  readonly size?: number;
  readonly metadata?: Record<string, string | null>;
  readonly creation_date?: string;
  /** Whether the bytes have become an object. */
  readonly isFinished?: boolean;
}

/**
 * Stores uploads in progress: a file of bytes and a record each. They survive a restart. A finished upload
 * keeps its record until it expires, so that a client that missed the last response sees that it succeeded.
 */
export class UploadStore extends FileStore {
  readonly #records: UploadRecords;

  constructor(directory: string, lifetime: number) {
    const records = new UploadRecords(directory);
    super({
      directory,
      configstore: records as unknown as FileStore["configstore"],
      expirationPeriodInMilliseconds: lifetime,
    });
    this.#records = records;
  }

  pathOf(id: string): string {
    return join(this.directory, id);
  }

  /**
   * Returns an upload with its offset. If all bytes arrived but the object was not created, because the
   * process or the database stopped in between, the offset excludes the last byte: the client sends it again,
   * which completes the upload.
   */
  override async getUpload(id: string): Promise<Upload> {
    const record = await this.#records.get(id);
    const { size = 0 } = record ?? {};
    if (record?.isFinished === true) return new Upload({ ...record, size, offset: size });
    const upload = await super.getUpload(id);
    if (upload.size !== undefined) upload.offset = Math.min(upload.offset, upload.size - 1);
    upload.offset = Math.max(upload.offset, 0);
    return upload;
  }

  async isFinished(id: string): Promise<boolean> {
    return (await this.#records.get(id))?.isFinished === true;
  }

  async finish(id: string): Promise<void> {
    const record = await this.#records.get(id);
    if (record !== undefined) await this.#records.set(id, { ...record, isFinished: true });
    await rm(this.pathOf(id), { force: true });
  }

  override deleteExpired(): Promise<number> {
    return this.#removeWhere((record) => {
      const createdAt = Date.parse(record?.creation_date ?? "");
      return Date.now() >= createdAt + this.getExpiration();
    });
  }

  /** Removes bytes without a record: the client never received their URL. */
  deleteOrphans(): Promise<number> {
    return this.#removeWhere((record) => record === undefined);
  }

  async #removeWhere(isRemovable: (record: UploadRecord | undefined) => boolean): Promise<number> {
    let removed = 0;
    for (const id of await this.ids()) {
      if (!isRemovable(await this.#records.get(id))) continue;
      await rm(this.pathOf(id), { force: true });
      await this.#records.delete(id);
      removed += 1;
    }
    return removed;
  }

  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.directory);
    return [...new Set(names.map((name) => name.split(".")[0] ?? name))];
  }
}

/** Reads and writes upload records. Each write replaces the file atomically. */
class UploadRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(id: string): Promise<UploadRecord | undefined> {
    const text = await readFile(this.#pathOf(id), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as UploadRecord);
  }

  async set(id: string, record: UploadRecord): Promise<void> {
    const draft = `${this.#pathOf(id)}.new`;
    await writeFile(draft, JSON.stringify(record), { mode: 0o600, flush: true });
    await rename(draft, this.#pathOf(id));
  }

  async delete(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
    await rm(`${this.#pathOf(id)}.new`, { force: true });
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
