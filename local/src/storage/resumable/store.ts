import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Upload } from "@tus/server";

/** What is kept about an upload beside its bytes. */
interface Note {
  readonly id: string;
  readonly size?: number;
  readonly metadata?: Record<string, string | null>;
  readonly creation_date?: string;
  /** Whether its bytes became an object. */
  readonly isFinished?: boolean;
}

/**
 * Uploads in progress: a file of bytes and a note each. They outlive the process; a finished one leaves its
 * note for a while, so that a client that missed the last answer still learns that all went well.
 */
export class UploadStore extends FileStore {
  readonly #notes: Notes;

  constructor(directory: string, lifetime: number) {
    const notes = new Notes(directory);
    super({
      directory,
      configstore: notes as unknown as FileStore["configstore"],
      expirationPeriodInMilliseconds: lifetime,
    });
    this.#notes = notes;
  }

  pathOf(id: string): string {
    return join(this.directory, id);
  }

  /**
   * How far an upload is. One that is complete but no object yet, because the process or the database died
   * in between, keeps its last byte back: the client sends that again and with it asks again for the end.
   */
  override async getUpload(id: string): Promise<Upload> {
    const note = await this.#notes.get(id);
    const { size = 0 } = note ?? {};
    if (note?.isFinished === true) return new Upload({ ...note, size, offset: size });
    const upload = await super.getUpload(id);
    if (upload.size !== undefined) upload.offset = Math.min(upload.offset, upload.size - 1);
    upload.offset = Math.max(upload.offset, 0);
    return upload;
  }

  async isFinished(id: string): Promise<boolean> {
    return (await this.#notes.get(id))?.isFinished === true;
  }

  async finish(id: string): Promise<void> {
    const note = await this.#notes.get(id);
    if (note !== undefined) await this.#notes.set(id, { ...note, isFinished: true });
    await rm(this.pathOf(id), { force: true });
  }

  override deleteExpired(): Promise<number> {
    return this.#removeWhere((note) => {
      const born = Date.parse(note?.creation_date ?? "");
      return Date.now() >= born + this.getExpiration();
    });
  }

  /** Bytes whose note was not written any more: nobody was told their address. */
  deleteOrphans(): Promise<number> {
    return this.#removeWhere((note) => note === undefined);
  }

  async #removeWhere(isOver: (note: Note | undefined) => boolean): Promise<number> {
    let removed = 0;
    for (const id of await this.ids()) {
      if (!isOver(await this.#notes.get(id))) continue;
      await rm(this.pathOf(id), { force: true });
      await this.#notes.delete(id);
      removed += 1;
    }
    return removed;
  }

  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.directory);
    return [...new Set(names.map((name) => name.split(".")[0] ?? name))];
  }
}

/** The notes, each replaced in one step. */
class Notes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(id: string): Promise<Note | undefined> {
    const text = await readFile(this.#pathOf(id), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Note);
  }

  async set(id: string, note: Note): Promise<void> {
    const draft = `${this.#pathOf(id)}.new`;
    await writeFile(draft, JSON.stringify(note), { mode: 0o600, flush: true });
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
