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
    const { width, height } = imageSize(image);
    return [width, height].every((side) => side >= minSide && side <= maxSide);
  } catch {
    return undefined;
  }
}
