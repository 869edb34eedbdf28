import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mail } from "./message.ts";
import { sizeOf } from "./mime.ts";

/** Maximum number of stored emails. Older ones are deleted. */
export const capacity = 500;

/** The parts of an email that lists show, and its sequence number, which gives the file name. */
export interface Entry {
  readonly sequence: number;
  readonly size: number;
  readonly snippet: string;
  readonly mail: Omit<Mail, "Text" | "HTML" | "Headers" | "contents">;
}

/** Stores each captured email in a JSON file, so that it survives a restart. Keeps list entries in memory. */
export class MailStore {
  readonly #folder: string;
  /** Newest first. */
  #entries: Entry[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = await readdir(this.#folder);
    const entries: Entry[] = [];
    for (const name of names) {
      const sequence = /^(\d{10})-[\w-]{22}\.json$/.exec(name)?.[1];
      const mail = sequence === undefined ? undefined : await this.#read(name);
      if (mail !== undefined) entries.push(entryOf(Number(sequence), mail));
      // Deletes incomplete drafts of a killed process and damaged files.
      else await rm(join(this.#folder, name), { force: true, recursive: true });
    }
    this.#entries = entries.sort((a, b) => b.sequence - a.sequence);
  }

  list(): readonly Entry[] {
    return this.#entries;
  }

  /** Finds an email by id. `latest` is the newest. */
  async find(id: string): Promise<Mail | undefined> {
    const entry = this.#entry(id);
    return entry === undefined ? undefined : this.#read(fileOf(entry));
  }

  add(mail: Mail): Promise<void> {
    return this.#enqueue(async () => {
      const entry = entryOf((this.#entries[0]?.sequence ?? 0) + 1, mail);
      await this.#write(entry, mail);
      this.#entries = [entry, ...this.#entries];
      await this.#delete(this.#entries.slice(capacity));
    });
  }

  /** Removes the emails with these ids, or all emails. */
  remove(ids?: readonly string[]): Promise<void> {
    return this.#enqueue(() => this.#delete(this.#matching(ids)));
  }

  mark(read: boolean, ids?: readonly string[]): Promise<void> {
    return this.#enqueue(async () => {
      for (const entry of this.#matching(ids)) {
        if (entry.mail.Read === read) continue;
        const mail = await this.#read(fileOf(entry));
        if (mail === undefined) continue;
        const marked = entryOf(entry.sequence, { ...mail, Read: read });
        await this.#write(marked, { ...mail, Read: read });
        this.#entries = this.#entries.map((item) => (item === entry ? marked : item));
      }
    });
  }

  /** Waits until all changes are on disk. */
  async flush(): Promise<void> {
    await this.#queue;
  }

  #entry(id: string): Entry | undefined {
    return id === "latest" ? this.#entries[0] : this.#entries.find((item) => item.mail.ID === id);
  }

  #matching(ids: readonly string[] | undefined): readonly Entry[] {
    if (ids === undefined) return this.#entries;
    const wanted = new Set(ids);
    return this.#entries.filter((entry) => wanted.has(entry.mail.ID));
  }

  async #delete(removed: readonly Entry[]): Promise<void> {
    const set = new Set(removed);
    this.#entries = this.#entries.filter((entry) => !set.has(entry));
    await Promise.all(
      removed.map((entry) => rm(join(this.#folder, fileOf(entry)), { force: true })),
    );
  }

  /** Runs changes one after the other, so that each sees the result of the one before. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #read(name: string): Promise<Mail | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), "utf8")) as Mail;
    } catch {
      return undefined;
    }
  }

  async #write(entry: Entry, mail: Mail): Promise<void> {
    const file = join(this.#folder, fileOf(entry));
    await writeFile(`${file}.draft`, JSON.stringify(mail), { mode: 0o600 });
    await rename(`${file}.draft`, file);
  }
}

const fileOf = ({ sequence, mail }: Entry): string =>
  `${String(sequence).padStart(10, "0")}-${mail.ID}.json`;

function entryOf(sequence: number, mail: Mail): Entry {
  const { Text, HTML, Headers: _headers, contents: _contents, ...shown } = mail;
  return { sequence, size: sizeOf(mail), snippet: snippetOf(Text, HTML), mail: shown };
}

function snippetOf(text: string, html: string): string {
  const short = (text === "" ? plain(html) : text).replace(/\s+/g, " ").trim();
  return short.length > 250 ? `${short.slice(0, 250)}…` : short;
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: " ",
};

/** Extracts text from HTML for the preview. Not exact; the result is shown as text. */
const plain = (html: string): string =>
  html
    .replace(/<(style|script|title)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
