/**
 * The EICAR test file, which every scanner calls malware and which harms nobody. Written in parts: a
 * scanner on the machine of whoever reads this would take the whole for the thing itself.
 */
const signature = new TextEncoder().encode(
  ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"].join(""),
);

export const eicarName = "Eicar-Test-Signature";

/** Finds the signature in bytes that come in pieces, wherever it lies and however it was cut. */
export class EicarSearch {
  #tail = new Uint8Array();

  /** Whether it has been seen, now or where the piece before met this one. */
  push(piece: Uint8Array): boolean {
    const seam = new Uint8Array(this.#tail.length + Math.min(piece.length, signature.length - 1));
    seam.set(this.#tail);
    seam.set(piece.subarray(0, signature.length - 1), this.#tail.length);
    if (holds(seam) || holds(piece)) return true;
    this.#tail = (piece.length < signature.length ? seam : piece).slice(1 - signature.length);
    return false;
  }
}

function holds(bytes: Uint8Array): boolean {
  const [first = 0] = signature;
  const last = bytes.length - signature.length;
  for (let at = bytes.indexOf(first); at !== -1 && at <= last; at = bytes.indexOf(first, at + 1)) {
    if (signature.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
