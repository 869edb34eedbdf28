import { imageSize } from "image-size";

/** In pixels per side. There is memory to decode 16 megapixels, which is 4096 by 4096. */
const minSide = 64;
const maxSide = 4096;

/**
 * Whether an avatar's sides are within the limits, read from its header without decoding it. Undefined when
 * there is no readable header.
 */
export function hasAvatarSize(image: Uint8Array): boolean | undefined {
  try {
    const sides = isJpeg(image) ? jpegSides(image) : sidesOf(imageSize(image));
    return sides.every((side) => side >= minSide && side <= maxSide);
  } catch {
    return undefined;
  }
}

const sidesOf = ({ width, height }: { width: number; height: number }) => [width, height] as const;

const isJpeg = (image: Uint8Array): boolean => image[0] === 0xff && image[1] === 0xd8;

/**
 * Reads the sides from the frame header of a JPEG. Any number of fill bytes (0xff) can stand before a marker,
 * which the library does not know.
 */
function jpegSides(jpeg: Uint8Array): readonly [number, number] {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw new Error("A marker is missing.");
    while (view.getUint8(at) === 0xff) at += 1;
    const marker = view.getUint8(at);
    at += 1;
    if (hasNoContent(marker)) continue;
    if (marker === endOfImage || marker === startOfScan) throw new Error("It has no frame header.");
    if (isFrameHeader(marker)) return [view.getUint16(at + 5), view.getUint16(at + 3)];
    at += view.getUint16(at);
  }
}

const endOfImage = 0xd9;
const startOfScan = 0xda;
const hasNoContent = (marker: number): boolean =>
  marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** 0xc4, 0xc8 and 0xcc lie between them and are tables and an extension. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
