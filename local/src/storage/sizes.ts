import { invalidRequest } from "./errors.ts";

const units = ["b", "k", "m", "g", "t"];

/** Bytes of a size in `config.toml`, such as `50MiB` or `5MB`: the CLI counts in 1024s for both. */
export function configuredSize(text: string): number {
  const [, digits, unit = "b"] = /^\s*([\d.]+)\s*([bkmgt])?i?b?\s*$/i.exec(text) ?? [];
  const size = Math.floor(Number(digits) * 1024 ** units.indexOf(unit.toLowerCase()));
  if (!Number.isFinite(size)) throw new Error(`"${text}" is not a size such as 50MiB.`);
  return size;
}

/** Bytes of a bucket's limit as the API takes it: a number, or a text such as `20MB` in 1000s. */
export function declaredSize(limit: number | string): number {
  const text = typeof limit === "number" ? `${limit}b` : limit;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([gmk]?b)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw invalidRequest("Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B");
  }
  const power = Math.max(units.indexOf(unit.charAt(0).toLowerCase()), 0);
  return Math.floor(Number(digits) * 1000 ** power);
}
