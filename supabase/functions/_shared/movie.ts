/**
 * Recognises MP4 and QuickTime files. Both are lists of atoms: four bytes with the length, four with the
 * type. Phones and cameras write many brands and many first atoms, so the atoms decide and not one signature.
 */

/** What a file that begins with atoms holds. */
export type Movie = "video" | "other";

/** Atoms that may come before the one that shows what the file is. */
const padding = new Set(["free", "skip", "wide", "junk", "pnot", "PICT", "pict", "uuid", "prfl"]);
const content = new Set(["moov", "mdat", "moof", "udta"]);

/** Brands of pictures, which HEIC and AVIF files also name as compatible ones. */
const pictureBrands = new Set(
  "heic heix heim heis hevc hevx hevm hevs mif1 mif2 miaf msf1 avif avis avio avci avcs jpeg jpgs".split(
    " ",
  ),
);
/** Brands of sound, books and raw photos. Videos name some of them as compatible, so only the major one counts. */
const otherBrands = new Set(["M4A ", "M4B ", "M4P ", "F4A ", "F4B ", "aax ", "aaxc", "crx "]);

/** No accepted file is larger, so no atom is. Text is never taken for an atom of a possible length. */
const maxAtomBytes = 100 * 1024 * 1024;

/** Returns what the first bytes of a file show; undefined when it is no list of atoms. */
export function movieIn(head: Uint8Array): Movie | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at + 8 <= head.length; ) {
    const type = lettersAt(head, at + 4);
    const size = atomSize(view, at);
    if (size === undefined || size > maxAtomBytes) return undefined;
    // A length of 1 stands for a long one, which follows the type.
    const header = view.getUint32(at) === 1 ? 16 : 8;
    if (type === "ftyp") return kindOfBrands(head.subarray(at + header, at + size));
    if (content.has(type)) return "video";
    if (!padding.has(type)) return undefined;
    if (at + size > head.length) return "video";
    at += size;
  }
  // Padding alone is no movie.
  return undefined;
}

function atomSize(view: DataView, at: number): number | undefined {
  const size = view.getUint32(at);
  // The last atom may leave its length out.
  if (size === 0) return view.byteLength - at;
  if (size !== 1) return size < 8 ? undefined : size;
  if (at + 16 > view.byteLength) return undefined;
  const long = view.getBigUint64(at + 8);
  return long < 16n || long > maxAtomBytes ? undefined : Number(long);
}

/** The major brand, a version, then the compatible brands. */
function kindOfBrands(brands: Uint8Array): Movie | undefined {
  const major = lettersAt(brands, 0);
  if (!/^[ -~]{4}$/.test(major)) return undefined;
  if (otherBrands.has(major) || pictureBrands.has(major)) return "other";
  for (let at = 8; at + 4 <= brands.length; at += 4) {
    if (pictureBrands.has(lettersAt(brands, at))) return "other";
  }
  return "video";
}

const lettersAt = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));
