import { invalidBucketName, invalidKey } from "./errors.ts";

const keyCharacters = /^[\w/!\-.*'() &$@=;:+,?]+$/;
const bucketCharacters = /^[\w!\-.*'() &$@=;:+,?]+$/;

/**
 * Names that S3 can hold safely, as upstream has it. Bytes never lie under the name of their object, but a
 * name with `..` could not be asked for by URL, so it is refused as well.
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

/** A bucket and, where the path goes on, a name in it. */
export interface Place {
  readonly bucket: string;
  readonly name: string;
}

/** Reads `{bucket}/{name}` behind the prefix of a URL's path, each part decoded once. */
export function placeIn(pathname: string, prefix: string): Place {
  const [bucket = "", ...parts] = pathname.slice(prefix.length).split("/");
  const raw = parts.join("/");
  try {
    return { bucket: decodeURIComponent(bucket), name: decodeURIComponent(raw) };
  } catch {
    throw invalidKey(raw);
  }
}
