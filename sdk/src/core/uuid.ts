/**
 * Returns a random UUID (version 4). Also works without `crypto.randomUUID`, which is missing on pages served
 * over http and in React Native.
 */
export function uuid(): string {
  const { crypto } = globalThis as { readonly crypto?: Partial<Crypto> };
  if (crypto?.randomUUID) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  if (crypto?.getRandomValues) crypto.getRandomValues(bytes);
  // The UUID has to be unique, not secret.
  else for (const place of bytes.keys()) bytes[place] = Math.random() * 256;
  let at = 0;
  return "xxxxxxxx-xxxx-4xxx-Yxxx-xxxxxxxxxxxx".replace(/[xY]/g, (place) => {
    const byte = bytes[at >> 1] ?? 0;
    const nibble = at++ % 2 === 0 ? byte >> 4 : byte & 15;
    return (place === "Y" ? (nibble & 3) | 8 : nibble).toString(16);
  });
}
