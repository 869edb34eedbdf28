/** Whether two secrets are the same, in a time that tells nothing about where they differ. */
export async function sameSecret(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** Digests have one length, so that not even the secret's own shows. */
async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Whether the request carries one of the project's secret keys as its bearer. */
export async function carriesSecret(headers: Headers, keys: readonly string[]): Promise<boolean> {
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  const matches = await Promise.all(keys.map((key) => sameSecret(given, key)));
  return matches.includes(true);
}
