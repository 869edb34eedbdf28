import { crc32, deflateSync } from "node:zlib";

/** A PNG of a sunset over hills, in a colour of its own for each seed: something to look at in previews. */
export function picture(seed = 0, width = 480, height = 300): Buffer<ArrayBuffer> {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = y * (width * 3 + 1);
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = pixel(x / width, y / height, seed);
      rows.set([red, green, blue], row + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.from(Buffer.concat([signature, ...parts]));
}

type Colour = readonly [number, number, number];

function pixel(x: number, y: number, seed: number): Colour {
  const hills = 0.68 + 0.08 * Math.sin(x * 7 + seed) + 0.04 * Math.sin(x * 17 + seed * 2);
  if (y > hills) return [30 + seed * 14, 42, 74];
  const sun = Math.hypot((x - 0.68) * 1.6, y - 0.42);
  if (sun < 0.13) return [255, 224, 150];
  const dusk = Math.round(y * 150);
  return [
    Math.min(255, 70 + dusk + seed * 20),
    90 + Math.round(dusk / 3),
    170 - Math.round(dusk / 2),
  ];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
