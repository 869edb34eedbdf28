const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Of our own, because React Native has atob and btoa only in newer versions.

/** Decodes base64url. */
export function fromBase64Url(text: string): readonly number[] {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    bits = ((bits << 6) | `${alphabet}-_`.indexOf(character)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return bytes;
}

/** Encodes ASCII text as base64. */
export function toBase64(text: string): string {
  let encoded = "";
  for (let at = 0; at < text.length; at += 3) {
    const code = (offset: number) => text.charCodeAt(at + offset) || 0;
    const bits = (code(0) << 16) | (code(1) << 8) | code(2);
    for (let place = 0; place < 4; place += 1) {
      const value = (bits >> (18 - 6 * place)) & 63;
      encoded += at + place > text.length ? "=" : `${alphabet}+/`.charAt(value);
    }
  }
  return encoded;
}
