import { concat } from "@std/bytes/concat.js";

/**
 * Removes everything invisible from a GIF: comments, XMP and data of other programs, and bytes after its
 * end. Frames, delays and the loop are kept, so that an animation stays one; nothing is decoded. Throws when
 * it is not a well-formed GIF.
 */
export function cleanGif(gif: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(gif);
  const kept: Uint8Array[] = [];
  const keep = (from: number) => kept.push(gif.subarray(from, reader.at));

  reader.skip(10);
  reader.colorTable();
  reader.skip(2);
  reader.skipTable();
  keep(0);

  let frames = 0;
  for (;;) {
    const from = reader.at;
    const kind = reader.byte();
    if (kind === trailer) break;
    if (kind === image) {
      reader.skip(4);
      const frame = reader.sides();
      // The canvas was checked before. A frame far beyond it is an attack on the program that shows it.
      if (Math.max(...frame) > maxSide) throw new Error("A frame is too large.");
      reader.colorTable();
      reader.skipTable();
      reader.skip(1);
      reader.skipSubBlocks();
      keep(from);
      frames += 1;
    } else if (kind === extension) {
      const label = reader.byte();
      const isLoop = label === application && loops.has(reader.peekName());
      reader.skipSubBlocks();
      if (label === graphicControl || isLoop) keep(from);
    } else {
      throw new Error("It has an unknown block.");
    }
  }
  if (frames === 0) throw new Error("It has no frame.");
  kept.push(new Uint8Array([trailer]));
  return concat(kept);
}

/** In pixels per side, as for the canvas. */
const maxSide = 4096;

const trailer = 0x3b;
const image = 0x2c;
const extension = 0x21;
const graphicControl = 0xf9;
const application = 0xff;
const loops = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"]);

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  #tableSize = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Error("It ends too early.");
    this.at += 1;
    return byte;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.#bytes.length) throw new Error("It ends too early.");
  }

  /** Width and height. */
  sides(): readonly [number, number] {
    const side = () => this.byte() | (this.byte() << 8);
    return [side(), side()];
  }

  /** Reads the flags with the size of the colour table that follows. */
  colorTable(): void {
    const flags = this.byte();
    this.#tableSize = flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  }

  skipTable(): void {
    this.skip(this.#tableSize);
  }

  /** Blocks that begin with their length; an empty one is the last. */
  skipSubBlocks(): void {
    for (let length = this.byte(); length > 0; length = this.byte()) this.skip(length);
  }

  /** The eleven letters with the name of an application block. */
  peekName(): string {
    return String.fromCharCode(...this.#bytes.subarray(this.at + 1, this.at + 12));
  }
}
