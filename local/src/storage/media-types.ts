import { invalidMimeType, invalidRequest } from "./errors.ts";

const wellFormed = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?$/;
const pattern = /^[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+)$/;

/** Throws if a type is malformed or not allowed. Downloads send it as a header, so it must be valid there. */
export function requireMediaType(type: string, allowed: readonly string[] | null): void {
  if (!wellFormed.test(type)) throw invalidMimeType(type);
  // Compared as text including parameters, as upstream does: `text/plain;charset=UTF-8` does not match
  // `text/plain`.
  const [mainType, subtype] = type.split("/");
  const matches = (entry: string) => {
    const [allowedType, allowedSubtype] = entry.split("/");
    const isSubtypeAllowed = allowedSubtype === "*" || allowedSubtype === subtype;
    return entry === "*/*" || (allowedType === mainType && isSubtypeAllowed);
  };
  if (allowed !== null && allowed.length > 0 && !allowed.some(matches)) throw invalidMimeType(type);
}

export function requireMediaTypePatterns(allowed: readonly string[]): void {
  const invalid = allowed.find((entry) => entry !== "*/*" && !pattern.test(entry));
  if (invalid !== undefined) throw invalidMimeType(invalid);
}

/** Returns the type to deliver an object with. HTML becomes plain text, so that browsers do not run uploads. */
export const safeContentType = (type: string): string =>
  type.toLowerCase().includes("text/html") ? "text/plain" : type;

/** Throws if a text cannot be sent as a header value. */
export function requireHeaderText(text: string, name: string): string {
  if (!/^[\x20-\x7e]{0,500}$/.test(text)) throw invalidRequest(`Invalid ${name}`);
  return text;
}
