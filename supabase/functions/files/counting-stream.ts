/**
 * A file on its way to the scanner. Passes every chunk on, counts the bytes and keeps the first ones. Ends
 * with the first chunk beyond the announced size, because such a file is refused in any case.
 */
export class CountingStream implements AsyncIterable<Uint8Array> {
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

  /** The first bytes of the file that have arrived, up to the number to keep. */
  head(): Uint8Array {
    return this.#head.subarray(0, this.size);
  }

  /** Cancels the stream. A scanner that has found something does not read to the end. */
  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }
}
