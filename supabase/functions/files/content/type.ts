import { fileTypeFromBuffer } from "file-type";

/** As many first bytes as {@link isOfType} wants to see. */
export const headSize = 64 * 1024;

/** What the type detection may call a file of a declared type, besides by that type itself. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["image/apng"],
  "video/mp4": ["video/x-m4v"],
  "application/x-rar-compressed": ["application/vnd.rar"],
};

const signatures: Readonly<Record<string, readonly string[]>> = {
  "application/zip": ["PK\x03\x04", "PK\x05\x06"],
  "application/pdf": ["%PDF-"],
};

/** `unknown` where the bytes do not say what they are. */
export type Likeness = "same" | "other" | "unknown";

/**
 * Whether a file that begins with these bytes is what it was declared as. `mimeType` is a name from
 * the list of types, aliases resolved; that the file name's extension fits it was checked before.
 */
export async function likenessTo(head: Uint8Array, mimeType: string): Promise<Likeness> {
  if (!isArchive(mimeType) && holdsMarkup(head)) return "other";
  // Documents of many programs are ZIP archives, and Illustrator's are PDFs: it does not matter whose.
  if (signatures[mimeType]?.some((signature) => begins(head, signature))) return "same";
  const detected = (await fileTypeFromBuffer(head))?.mime;
  if (detected === undefined) return "unknown";
  return detected === mimeType || otherNames[mimeType]?.includes(detected) ? "same" : "other";
}

/** As {@link likenessTo}; what does not say what it is counts as something else. */
export const isOfType = async (head: Uint8Array, mimeType: string): Promise<boolean> =>
  (await likenessTo(head, mimeType)) === "same";

const isArchive = (mimeType: string): boolean =>
  mimeType === "application/zip" || mimeType === "application/x-rar-compressed";

/** As far as browsers look for markup when they guess a type. */
const guessedFrom = 1445;
const markup = /<(?:!doctype|html|head|body|script|iframe|svg|\?php)\b/i;

/** A picture or a document that is a web page, too, serves nobody but an attacker. */
const holdsMarkup = (head: Uint8Array): boolean =>
  markup.test(new TextDecoder("latin1").decode(head.subarray(0, guessedFrom)));

const begins = (head: Uint8Array, signature: string): boolean =>
  [...signature].every((character, index) => head[index] === character.charCodeAt(0));
