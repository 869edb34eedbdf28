import { invalidBucketName, invalidKey } from "./errors.ts";

const keyCharacters = /^[\w/!\-.*'() &$@=;:+,?]+$/;
const bucketCharacters = /^[\w!\-.*'() &$@=;:+,?]+$/;

/**
 * Throws unless an object name has only the characters that upstream allows (those safe in S3). Also rejects
 * `.` and `..` as parts: URL parsers resolve them, so no URL could reach such an object.
 */
export function requireKey(key: string): void {
  const isSafe =
    keyCharacters.test(key) &&
    key.length <= 1024 &&
    !key.split("/").some((part) => part === "." || part === "..");
  if (!isSafe) throw invalidKey(key);
}

export function requireBucketName(name: string): void {
  const isSafe = bucketCharacters.test(name) && name.length <= 100 && name.trim() === name;
  if (!isSafe || name === "." || name === "..") throw invalidBucketName();
}

/** A bucket and an object name in it; the name is empty if the path ends with the bucket. */
export interface Place {
  readonly bucket: string;
  readonly name: string;
}

/** Parses `{bucket}/{name}` after the prefix of a URL's path and decodes both. */
export function parsePlace(pathname: string, prefix: string): Place {
  const [bucket = "", ...parts] = pathname.slice(prefix.length).split("/");
  const raw = parts.join("/");
  try {
    return { bucket: decodeURIComponent(bucket), name: decodeURIComponent(raw) };
  } catch {
    throw invalidKey(raw);
  }
}
