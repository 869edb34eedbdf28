import { randomFillSync } from "node:crypto";

/** Returns an MP4 header followed by random bytes, of the given size together. */
export function movie(size: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(size));
  randomFillSync(bytes);
  bytes.writeUInt32BE(24, 0);
  bytes.write("ftypisom", 4, "latin1");
  bytes.writeUInt32BE(512, 12);
  bytes.write("isommp41", 16, "latin1");
  bytes.writeUInt32BE(size - 24, 24);
  bytes.write("mdat", 28, "latin1");
  return bytes;
}
