import { Inflate, Unzip, type UnzipDecoder, type UnzipDecoderConstructor } from "fflate";

/** As much of an entry as is looked at; what follows is passed by unread. */
const longestLook = 1024 * 1024;
/** Deflate makes a thousandfold of a piece at most, so a piece never becomes more than 4 MB. */
const pieceSize = 4096;

/** Called with each entry's name, it returns what takes that entry's bytes. */
export type EntryReader = (name: string) => (bytes: Uint8Array) => void;

/**
 * Reads the entries of a ZIP archive as it streams by. Only stored and deflated ones can be read;
 * encrypted or otherwise compressed ones, and archives inside, are passed by.
 */
export class ZipEntries {
  readonly #unzip: Unzip;
  #isBroken = false;

  constructor(read: EntryReader) {
    this.#unzip = new Unzip((file) => {
      // Every entry is taken: the library would keep those it is not told to start.
      this.#unzip.register(decoderOf(file.compression));
      const take = read(file.name);
      file.ondata = (error, bytes) => {
        if (error === null && bytes.length > 0) take(bytes);
      };
      file.start();
    });
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isBroken; at += pieceSize) {
      try {
        this.#unzip.push(bytes.subarray(at, at + pieceSize));
      } catch {
        // Not an archive after all, or a damaged one: nobody will unpack it either.
        this.#isBroken = true;
      }
    }
  }
}

/** What the library wants for a compression method: a class that unpacks it. */
function decoderOf(method: number): UnzipDecoderConstructor {
  return class implements UnzipDecoder {
    static readonly compression = method;
    ondata: UnzipDecoder["ondata"] = () => undefined;
    #left = longestLook;
    readonly #inflate = new Inflate((bytes) => this.#give(bytes));

    push(bytes: Uint8Array<ArrayBuffer>, final: boolean): void {
      if (this.#left > 0 && method === 0) this.#give(bytes);
      if (this.#left > 0 && method === 8) this.#inflatePiece(bytes);
      if (final) this.ondata(null, new Uint8Array(), true);
    }

    #give(bytes: Uint8Array<ArrayBuffer>): void {
      this.#left -= bytes.length;
      this.ondata(null, bytes, false);
    }

    #inflatePiece(bytes: Uint8Array<ArrayBuffer>): void {
      try {
        this.#inflate.push(bytes);
      } catch {
        this.#left = 0;
      }
    }
  };
}
