import { fileTypeFromBuffer } from "file-type";
import { movieIn } from "./movie.ts";

/** How many of the first bytes of a file {@link matchType} looks at. */
export const headSize = 64 * 1024;

/** Other names that the detection has for a file of a declared type. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["image/apng"],
  "application/x-rar-compressed": ["application/vnd.rar"],
};

const movies = ["video/mp4", "video/quicktime"];
const zipSignatures = ["PK\x03\x04", "PK\x05\x06"];
const pdfSignature = "%PDF-";
/** Printers and mail programs put bytes before the header of a PDF. Readers look for it this far. */
const maxBytesBeforePdf = 1024;

/** `unknown` where the bytes do not show their type. */
export type TypeMatch = "match" | "mismatch" | "unknown";

/**
 * Compares the first bytes of a file with its declared type. `mimeType` is a name from the list of types,
 * aliases resolved. The database has already compared it with the extension of the file's name.
 *
 * MP4 and QuickTime are one family: programs give either name to either, so both match a file of that family.
 */
export async function matchType(head: Uint8Array, mimeType: string): Promise<TypeMatch> {
  if (!isArchive(mimeType) && containsMarkup(head)) return "mismatch";
  const movie = movieIn(head);
  if (movie !== undefined) {
    return movie === "video" && movies.includes(mimeType) ? "match" : "mismatch";
  }
  // Documents of many programs are ZIP archives, and Illustrator's are PDFs. All of them are accepted.
  if (mimeType === "application/zip" && zipSignatures.some((one) => startsWith(head, one))) {
    return "match";
  }
  const detected = (await fileTypeFromBuffer(head))?.mime;
  if (mimeType === "application/pdf") return matchPdf(head, detected);
  // The library takes some text for a movie.
  if (detected === undefined || movies.includes(detected)) return "unknown";
  return detected === mimeType || otherNames[mimeType]?.includes(detected) ? "match" : "mismatch";
}

function matchPdf(head: Uint8Array, detected: string | undefined): TypeMatch {
  const at = latin1(head.subarray(0, maxBytesBeforePdf + pdfSignature.length)).indexOf(
    pdfSignature,
  );
  if (at === -1) return detected === undefined ? "unknown" : "mismatch";
  // A picture, archive or program with the header of a PDF inside is two files in one.
  return at > 0 && detected !== undefined && isOfOtherKind(detected) ? "mismatch" : "match";
}

const isOfOtherKind = (detected: string): boolean =>
  /^image\/(png|apng|jpeg|gif)$|zip$|rar$|rar-compressed$|msdownload$|x-elf$|x-mach-binary$/.test(
    detected,
  );

/** Whether a file is of the declared type. Bytes that do not show their type are not. */
export const isOfType = async (head: Uint8Array, mimeType: string): Promise<boolean> =>
  (await matchType(head, mimeType)) === "match";

const isArchive = (mimeType: string): boolean =>
  mimeType === "application/zip" || mimeType === "application/x-rar-compressed";

/** How far browsers look for markup when they guess a type. */
const sniffedBytes = 1445;
const markup = /<(?:!doctype|html|head|body|script|iframe|svg|\?php)\b/i;

/** A browser could run a picture or document that is also a web page, so such a file is refused. */
const containsMarkup = (head: Uint8Array): boolean =>
  markup.test(latin1(head.subarray(0, sniffedBytes)));

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

const startsWith = (head: Uint8Array, signature: string): boolean =>
  [...signature].every((character, index) => head[index] === character.charCodeAt(0));
