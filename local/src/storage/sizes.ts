import { invalidRequest } from "./errors.ts";

const units = ["b", "k", "m", "g", "t"];

/** Parses a size in `config.toml` such as `50MiB` or `5MB` to bytes. As in the CLI, both use 1024. */
export function configuredSize(text: string): number {
  const [, digits, unit = "b"] = /^\s*([\d.]+)\s*([bkmgt])?i?b?\s*$/i.exec(text) ?? [];
  const size = Math.floor(Number(digits) * 1024 ** units.indexOf(unit.toLowerCase()));
  if (!Number.isFinite(size)) {
    throw new Error(`"${text}" is not a valid size. Write it like 50MiB.`);
  }
  return size;
}

/** Parses a bucket limit of the API to bytes: a number, or text such as `20MB`, which uses 1000. */
export function declaredSize(limit: number | string): number {
  const text = Number.isInteger(limit) ? `${limit}b` : String(limit);
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([gmk]?b)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw invalidRequest("Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B");
  }
  const power = Math.max(units.indexOf(unit.charAt(0).toLowerCase()), 0);
  return Math.floor(Number(digits) * 1000 ** power);
}
