import { invalidKey, StorageError } from "./errors.ts";

// What S3 keeps safe in any client. Nothing else is let in, so names never need escaping.
const key = /^[A-Za-z0-9_/!.*'() &$=@;:+,?-]+$/;
const bucketName = /^[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}$/;
const longestKey = 1024;

export function checkKey(name: string): string {
  if (!key.test(name) || name.length > longestKey) throw invalidKey(name.slice(0, 200));
  return name;
}

export function checkBucketName(name: string): string {
  if (!bucketName.test(name) || name.trim() !== name) {
    throw new StorageError(400, "InvalidBucketName", "Bucket name invalid", "InvalidBucketName");
  }
  return name;
}

/** Whether a list such as `["image/*", "application/pdf"]` has room for a type. Halves are compared as text. */
export function allowsType(allowed: readonly string[] | null, type: string): boolean {
  if (allowed === null || allowed.length === 0) return true;
  const [main, sub] = type.split("/");
  return allowed.some((entry) => {
    const [allowedMain, allowedSub] = entry.split("/");
    return (
      (allowedMain === main || allowedMain === "*") && (allowedSub === sub || allowedSub === "*")
    );
  });
}
