/** Generated pictures, for tests of the worker and of the whole pipeline. */
import { crc32, deflateSync } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;

const joined = (...parts: readonly (readonly number[] | Uint8Array)[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

function bigEndian(value: number, bytes: 2 | 4): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 255);
}

const littleEndian = (value: number, bytes: 2 | 4): number[] => bigEndian(value, bytes).reverse();

/** A grey picture of any size, with a name in a comment. 10,000 by 10,000 pixels take 100 kB. */
export function png(width: number, height: number): Bytes {
  const chunk = (name: string, content: Uint8Array): Bytes => {
    const body = joined(ascii(name), content);
    return joined(bigEndian(content.length, 4), body, bigEndian(crc32(body), 4));
  };
  const header = [...bigEndian(width, 4), ...bigEndian(height, 4), 8, 0, 0, 0, 0];
  const rows = deflateSync(new Uint8Array(height * (width + 1)), { level: 9 });
  return joined(
    [0x89, ...ascii("PNG\r\n\x1a\n")],
    chunk("IHDR", joined(header)),
    chunk("tEXt", joined(ascii("Author\0Somebody"))),
    chunk("IDAT", rows),
    chunk("IEND", joined()),
  );
}

/** 96 by 64 pixels, the left half red, the right half blue. */
export const jpeg: Bytes = Uint8Array.from(
  atob(
    [
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVk",
      "VGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8",
      "fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCABAAGADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xA",
      "AUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFwEBAQEBAAAAAAAAAAAAAAAAAAYHBf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/",
      "2gAMAwEAAhEDEQA/AJQDnrAAAABMAaAhwAAAFMBn64AAAATAGgIcAAABTAZ+uAAAAEwBoCHAAAAUwGfrgAAABMAaAh",
      "wAAAH/2Q==",
    ].join(""),
  ),
  (letter) => letter.charCodeAt(0),
);

/** The same picture as a phone stores it: to be rotated, with the place where it was taken. */
export function phonePhoto(): Bytes {
  // TIFF: orientation 6 (turn it clockwise), and a GPS part with a latitude.
  const entry = (tag: number, type: number, count: number, value: readonly number[]) => [
    ...littleEndian(tag, 2),
    ...littleEndian(type, 2),
    ...littleEndian(count, 4),
    ...value,
  ];
  const gpsAt = 8 + 2 + 2 * 12 + 4;
  const latitudeAt = gpsAt + 2 + 2 * 12 + 4;
  const tiff = [
    ...ascii("II*\0"),
    ...littleEndian(8, 4),
    ...littleEndian(2, 2),
    ...entry(0x0112, 3, 1, littleEndian(6, 4)),
    ...entry(0x8825, 4, 1, littleEndian(gpsAt, 4)),
    ...littleEndian(0, 4),
    ...littleEndian(2, 2),
    ...entry(1, 2, 2, ascii("N\0\0\0")),
    ...entry(2, 5, 3, littleEndian(latitudeAt, 4)),
    ...littleEndian(0, 4),
    ...[48, 12, 34].flatMap((part) => [...littleEndian(part, 4), ...littleEndian(1, 4)]),
  ];
  const exif = [...ascii("Exif\0\0"), ...tiff];
  const comment = ascii("Taken at home");
  return joined(
    jpeg.subarray(0, 2),
    [0xff, 0xe1, ...bigEndian(exif.length + 2, 2), ...exif],
    [0xff, 0xfe, ...bigEndian(comment.length + 2, 2), ...comment],
    jpeg.subarray(2),
  );
}

/** A GIF with a canvas of any size, a number of frames, and data of other programs. */
export function gif(width: number, height: number, frames = 1): Bytes {
  const canvas = [...littleEndian(width, 2), ...littleEndian(height, 2)];
  const frame = [
    ...[0x21, 0xf9, 4, 4, 10, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0],
  ];
  return joined(
    [...ascii("GIF89a"), ...canvas, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    [0x21, 0xff, 11, ...ascii("NETSCAPE2.0"), 3, 1, 0, 0, 0],
    [0x21, 0xfe, 8, ...ascii("Somebody"), 0],
    [0x21, 0xff, 11, ...ascii("XMP DataXMP"), 5, ...ascii("Paris"), 0],
    Array.from({ length: frames }, () => frame).flat(),
    [0x3b],
    ascii("after the end"),
  );
}

/** Puts fill bytes, which are legal, before every marker of a JPEG up to the start of its scan. */
export function withFillBytes(picture: Uint8Array, count: number): Bytes {
  const parts = [picture.subarray(0, 2)];
  const fill = new Uint8Array(count).fill(0xff);
  let at = 2;
  for (let marker = 0; marker !== 0xda; ) {
    marker = picture[at + 1] ?? 0;
    const end = at + 2 + (((picture[at + 2] ?? 0) << 8) | (picture[at + 3] ?? 0));
    parts.push(fill, picture.subarray(at, end));
    at = end;
  }
  return joined(...parts, picture.subarray(at));
}
