/**
 * A stream on its way to the scanner: hands on every piece, counts, and keeps the first bytes. It ends
 * with the first piece beyond the announced size, for such a file is refused whatever follows.
 */
export class Tap implements AsyncIterable<Uint8Array> {
  size = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #announced: number;
  readonly #head: Uint8Array;

  constructor(stream: ReadableStream<Uint8Array>, announced: number, keep: number) {
    this.#reader = stream.getReader();
    this.#announced = announced;
    this.#head = new Uint8Array(Math.min(keep, announced));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.size <= this.#announced) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      if (this.size < this.#head.length) {
        this.#head.set(value.subarray(0, this.#head.length - this.size), this.size);
      }
      this.size += value.length;
      yield value;
    }
  }

  /** The first bytes, as many as have come of those to be kept. */
  head(): Uint8Array {
    return this.#head.subarray(0, this.size);
  }

  /** Lets go of the stream: a scanner that has seen enough does not read to the end. */
  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }
}
