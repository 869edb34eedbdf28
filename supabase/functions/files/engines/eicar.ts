/**
 * The EICAR test file, which every scanner reports and which is harmless. Written in parts, so that a virus
 * scanner on a developer's machine does not report this source file.
 */
const signature = new TextEncoder().encode(
  ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"].join(""),
);

export const eicarName = "Eicar-Test-Signature";

/** Finds the signature in a stream of chunks, also where it is split between two of them. */
export class EicarSearch {
  #tail = new Uint8Array();

  /** Returns whether the signature is in this chunk or across the border to the one before. */
  push(chunk: Uint8Array): boolean {
    const seam = new Uint8Array(this.#tail.length + Math.min(chunk.length, signature.length - 1));
    seam.set(this.#tail);
    seam.set(chunk.subarray(0, signature.length - 1), this.#tail.length);
    if (contains(seam) || contains(chunk)) return true;
    this.#tail = (chunk.length < signature.length ? seam : chunk).slice(1 - signature.length);
    return false;
  }
}

function contains(bytes: Uint8Array): boolean {
  const [first = 0] = signature;
  const last = bytes.length - signature.length;
  for (let at = bytes.indexOf(first); at !== -1 && at <= last; at = bytes.indexOf(first, at + 1)) {
    if (signature.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
