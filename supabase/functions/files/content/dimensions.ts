import { imageSize } from "image-size";

/** Pixels a side. 4096 by 4096 are 16 megapixels, which is what decoding has memory for. */
const shortest = 64;
const longest = 4096;

/**
 * Whether an avatar has sizes that are allowed, as its header tells them: nothing is decoded before.
 * Undefined where there is no header to read.
 */
export function hasAvatarSize(image: Uint8Array): boolean | undefined {
  try {
    const { width, height } = imageSize(image);
    return [width, height].every((side) => side >= shortest && side <= longest);
  } catch {
    return undefined;
  }
}
