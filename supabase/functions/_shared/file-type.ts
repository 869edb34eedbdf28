import { fileTypeFromBuffer } from "file-type";

/** How many of the first bytes of a file {@link matchType} looks at. */
export const headSize = 64 * 1024;

/** Other names that the detection has for a file of a declared type. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["image/apng"],
  "video/mp4": ["video/x-m4v"],
  "application/x-rar-compressed": ["application/vnd.rar"],
};

const signatures: Readonly<Record<string, readonly string[]>> = {
  "application/zip": ["PK\x03\x04", "PK\x05\x06"],
  "application/pdf": ["%PDF-"],
};

/** `unknown` where the bytes do not show their type. */
export type TypeMatch = "match" | "mismatch" | "unknown";

/**
 * Compares the first bytes of a file with its declared type. `mimeType` is a name from the list of types,
 * aliases resolved. The database has already compared it with the extension of the file's name.
 */
export async function matchType(head: Uint8Array, mimeType: string): Promise<TypeMatch> {
  if (!isArchive(mimeType) && containsMarkup(head)) return "mismatch";
  // Documents of many programs are ZIP archives, and Illustrator's are PDFs. All of them are accepted.
  if (signatures[mimeType]?.some((signature) => startsWith(head, signature))) return "match";
  const detected = (await fileTypeFromBuffer(head))?.mime;
  if (detected === undefined) return "unknown";
  return detected === mimeType || otherNames[mimeType]?.includes(detected) ? "match" : "mismatch";
}

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
  markup.test(new TextDecoder("latin1").decode(head.subarray(0, sniffedBytes)));

const startsWith = (head: Uint8Array, signature: string): boolean =>
  [...signature].every((character, index) => head[index] === character.charCodeAt(0));
