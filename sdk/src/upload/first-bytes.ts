import type { FileSource } from "../types/files.ts";

// Nothing here is computed on import, so that a bundler can remove it.

/** A PDF may have 1024 bytes before its header, which is "%PDF-". */
const headSize = 1029;

/** Looks at the first bytes of a file, as text with one character per byte. */
type Looks = (head: string) => boolean;

const starts = (head: string, ...beginnings: readonly string[]): boolean =>
  beginnings.some((beginning) => head.startsWith(beginning));

/** First atoms of MP4 and QuickTime. HEIC, AVIF and sound have the same structure and other brands. */
const movieAtom = /^(ftyp(?!hei|hev|mif|msf|avi|M4[ABP] )|moov|mdat|wide|skip|free|pnot)/;
const anyBrand: Looks = (head) => head.startsWith("ftyp", 4);

const signatures: Readonly<Record<string, Looks>> = {
  "image/png": (head) => starts(head, "\x89PNG\r\n"),
  "image/jpeg": (head) => starts(head, "\xff\xd8\xff"),
  "image/gif": (head) => starts(head, "GIF8"),
  "application/pdf": (head) => head.includes("%PDF-"),
  "application/zip": (head) => starts(head, "PK\x03\x04", "PK\x05\x06"),
  "application/x-rar-compressed": (head) => starts(head, "Rar!\x1a"),
  "video/mp4": (head) => movieAtom.test(head.slice(4, 12)),
};

/** WebP, TIFF, Photoshop, programs, and web pages with SVG. */
const otherFiles: Looks = (head) => starts(head, "RIFF", "II*\0", "MM\0*", "8BPS", "MZ", "\x7fELF");
const markup = /^\s*<(!doctype|html|svg|\?xml)/i;

/** `unknown` where the bytes do not show a type, `null` where they cannot be read or compared. */
export type BytesMatch = "match" | "mismatch" | "unknown" | null;

/**
 * Compares the first bytes of a file with its declared type, so that a wrong file is noticed before it is sent.
 * The scan of the backend decides; this finds out what can be seen at once.
 */
export async function matchFirstBytes(source: FileSource, type: string): Promise<BytesMatch> {
  const declared = signatures[type === "video/quicktime" ? "video/mp4" : type];
  if (declared === undefined) return null;
  const head = await firstBytes(source);
  if (head === null) return null;
  if (declared(head)) return "match";
  const others = [...Object.values(signatures), anyBrand, otherFiles];
  return others.some((looks) => looks(head)) || markup.test(head) ? "mismatch" : "unknown";
}

/** React Native's blobs cannot be read, and a source may have changed. Sending it will report that. */
async function firstBytes(source: FileSource): Promise<string | null> {
  try {
    const wanted = Math.min(headSize, source.size);
    const slice = await source.slice(0, wanted);
    const bytes = slice instanceof Uint8Array ? slice : new Uint8Array(await slice.arrayBuffer());
    return bytes.length === wanted ? String.fromCharCode(...bytes) : null;
  } catch {
    return null;
  }
}
