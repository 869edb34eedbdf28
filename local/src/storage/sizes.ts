const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Bytes of a size such as `50MiB`, `20MB` or `1048576`. */
export function bytesOf(size: string | number): number {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(size)) ?? [];
  const factor = units[(unit ?? "?").toLowerCase()];
  if (amount === undefined || factor === undefined) {
    throw new RangeError(`"${size}" is not a size such as 50MiB or 20MB.`);
  }
  return Math.floor(Number(amount) * factor);
}
