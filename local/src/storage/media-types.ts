import { invalidMimeType, invalidRequest } from "./errors.ts";

const wellFormed = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?$/;
const pattern = /^[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+)$/;

/** The type goes into a header of every download, so it must be able to. */
export function requireMediaType(type: string, allowed: readonly string[] | null): void {
  if (!wellFormed.test(type)) throw invalidMimeType(type);
  // Compared as text, parameters included: upstream's `text/plain;charset=UTF-8` is no `text/plain` either.
  const [family, kind] = type.split("/");
  const fits = (entry: string) => {
    const [wantedFamily, wantedKind] = entry.split("/");
    return (
      entry === "*/*" || (wantedFamily === family && (wantedKind === "*" || wantedKind === kind))
    );
  };
  if (allowed !== null && allowed.length > 0 && !allowed.some(fits)) throw invalidMimeType(type);
}

export function requirePatterns(allowed: readonly string[]): void {
  const wrong = allowed.find((entry) => entry !== "*/*" && !pattern.test(entry));
  if (wrong !== undefined) throw invalidMimeType(wrong);
}

/** A browser must never run what somebody uploaded. */
export const harmless = (type: string): string =>
  type.toLowerCase().includes("text/html") ? "text/plain" : type;

/** Text that a header can carry back. */
export function requireHeaderText(text: string, name: string): string {
  if (!/^[\x20-\x7e]{0,500}$/.test(text)) throw invalidRequest(`Invalid ${name}`);
  return text;
}
