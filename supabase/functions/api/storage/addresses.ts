import type { DatabaseDoor } from "../database/client.ts";
import type { StorageClient } from "./client.ts";

/** A file in an answer: the database holds no key to sign its address with, and leaves it null. */
interface FileDocument {
  readonly id: string;
  readonly scanStatus: string;
  fileUrl: string | null;
}

/** A sample that is a file has the file's address for its own. */
interface FileSample {
  readonly file: FileDocument;
  url: string | null;
}

interface Means {
  readonly database: Pick<DatabaseDoor, "fileLocations">;
  readonly storage: Pick<StorageClient, "downloadAddresses">;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Gives every clean file of an answer its address, signed anew. The operation has shown the caller these
 * files, so they may have them. While Storage is away addresses stay null: the answer itself is right,
 * and what it tells of is done.
 */
export async function withAddresses(json: string, means: Means): Promise<string> {
  const document: unknown = JSON.parse(json);
  const clean = [...objectsIn(document)].filter(isCleanFile);
  if (clean.length === 0) return json;

  const signing = addressesOf([...new Set(clean.map(({ id }) => id))], means);
  // What fails there is told to the log.
  means.background(signing);
  const addresses = await signing.catch(() => new Map<string, string>());

  for (const file of clean) file.fileUrl = addresses.get(file.id) ?? null;
  for (const sample of [...objectsIn(document)].filter(isFileSample)) {
    sample.url = sample.file.fileUrl;
  }
  return JSON.stringify(document);
}

/** By file, with one request a bucket. */
async function addressesOf(ids: readonly string[], { database, storage }: Means) {
  const locations = await database.fileLocations(ids);
  const byBucket = Map.groupBy(locations, ({ bucket }) => bucket);
  const signed = await Promise.all(
    [...byBucket].map(async ([bucket, files]) => {
      const byPath = await storage.downloadAddresses(
        bucket,
        files.map(({ path }) => path),
      );
      return files.map(({ fileId, path }) => [fileId, byPath.get(path)] as const);
    }),
  );
  return new Map(
    signed.flat().filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

const isCleanFile = (value: object): value is FileDocument =>
  "fileUrl" in value && (value as FileDocument).scanStatus === "clean";

const isFileSample = (value: object): value is FileSample =>
  "url" in value && "file" in value && value.file !== null;
