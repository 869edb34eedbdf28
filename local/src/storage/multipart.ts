import { invalidRequest, tooLarge } from "./errors.ts";

const maxHeaders = 16 * 1024;
const maxField = 1024 * 1024;
const maxFields = 50;
const lineEnd = Buffer.from("\r\n");
const blankLine = Buffer.from("\r\n\r\n");

/** The fields before a form's first file, and the file as an unread stream. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly type: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Reads `multipart/form-data` as a stream: fields into memory, the first file as a stream. Ignores fields
 * after the file, as upstream does.
 */
export async function readForm(
  chunks: AsyncIterator<Uint8Array>,
  contentType: string,
): Promise<Form> {
  const reader = new Reader(chunks);
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`);
  const fields = new Map<string, string>();
  await reader.skip(delimiter);
  for (let parts = 1; await reader.nextPart(); parts += 1) {
    const head = headersOf(await reader.text(blankLine, maxHeaders, "form"));
    const disposition = head.get("content-disposition") ?? "";
    // A part with a filename is a file. supabase-js sends it with an empty field name.
    if (/;\s*filename\*?=/i.test(disposition)) {
      return { fields, type: head.get("content-type"), bytes: reader.until(delimiter) };
    }
    if (parts > maxFields) throw invalidRequest("Too many fields in the form");
    const name = /;\s*name="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? "";
    fields.set(name, await reader.text(delimiter, maxField, "user_metadata"));
  }
  throw invalidRequest("No content provided");
}

function boundaryOf(contentType: string): string {
  const [, quoted, bare] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw invalidRequest("Multipart: Boundary not found");
  return boundary;
}

function headersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\r\n").map((line) => /^([^:\s]+):\s*(.*?)\s*$/.exec(line));
  return new Map(lines.map((line) => [line?.[1]?.toLowerCase() ?? "", line?.[2] ?? ""]));
}

/** Finds delimiters in a stream, also when they cross chunk boundaries. */
class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  // Starts with a line end, because a form can begin with its delimiter.
  #rest: Buffer = lineEnd;

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Yields everything before the mark in pieces, then skips the mark. */
  async *until(mark: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#rest.indexOf(mark);
      if (at >= 0) {
        const last = this.#rest.subarray(0, at);
        this.#rest = this.#rest.subarray(at + mark.length);
        if (last.length > 0) yield last;
        return;
      }
      // The last bytes can be the beginning of the mark.
      const safe = Math.max(this.#rest.length - mark.length + 1, 0);
      const piece = this.#rest.subarray(0, safe);
      this.#rest = this.#rest.subarray(safe);
      if (piece.length > 0) yield piece;
      await this.#readMore();
    }
  }

  async skip(mark: Buffer): Promise<void> {
    for await (const _ of this.until(mark));
  }

  async text(mark: Buffer, limit: number, what: string): Promise<string> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this.until(mark)) {
      size += piece.length;
      if (size > limit) throw tooLarge(what);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString("utf8");
  }

  /** After a delimiter: returns whether another part follows. */
  async nextPart(): Promise<boolean> {
    while (this.#rest.length < 2) await this.#readMore();
    if (this.#rest.subarray(0, 2).toString("latin1") === "--") return false;
    await this.skip(lineEnd);
    return true;
  }

  async #readMore(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw invalidRequest("Unexpected end of multipart data");
    this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value]);
  }
}
