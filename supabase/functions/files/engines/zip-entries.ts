import { Inflate, Unzip, type UnzipDecoder, type UnzipDecoderConstructor } from "fflate";

/** How much of an entry is unpacked; the rest of it is skipped. */
const maxUnpackedBytes = 1024 * 1024;
/** Deflate expands data at most a thousandfold, so a piece never becomes more than 4 MB. */
const pieceSize = 4096;

/** Called with the name of each entry; returns the function that takes its bytes. */
export type EntryReader = (name: string) => (bytes: Uint8Array) => void;

/**
 * Reads the entries of a ZIP archive from a stream. Only stored and deflated entries can be read. Encrypted
 * entries, other compression methods and nested archives are skipped.
 */
export class ZipEntries {
  readonly #unzip: Unzip;
  #isBroken = false;

  constructor(read: EntryReader) {
    this.#unzip = new Unzip((file) => {
      // Every entry is started, because the library keeps the data of entries that are not.
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
        // Not an archive, or a damaged one, which no other program unpacks either.
        this.#isBroken = true;
      }
    }
  }
}

/** The class that the library uses to unpack a compression method. */
function decoderOf(method: number): UnzipDecoderConstructor {
  return class implements UnzipDecoder {
    static readonly compression = method;
    ondata: UnzipDecoder["ondata"] = () => undefined;
    #left = maxUnpackedBytes;
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
