import type { DatabaseApi } from "../database/client.ts";
import { asDownload, type StorageClient } from "./client.ts";

/** A file in a response of the database, which cannot sign URLs and leaves `fileUrl` null. */
interface FileDocument {
  readonly id: string;
  readonly scanStatus: string;
  fileUrl: string | null;
}

/** A sample that is a file. Its `url` is that of the file. */
interface FileSample {
  readonly file: FileDocument;
  url: string | null;
}

interface FileServices {
  readonly database: Pick<DatabaseApi, "fileLocations">;
  readonly storage: Pick<StorageClient, "signDownloads">;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Adds a signed download URL to every clean file of a response. The operation has already checked that the caller may
 * see these files. While Storage is unreachable the URLs stay null, because the rest of the response is
 * complete.
 */
export async function withFileUrls(json: string, services: FileServices): Promise<string> {
  const document: unknown = JSON.parse(json);
  const clean = [...objectsIn(document)].filter(isCleanFile);
  if (clean.length === 0) return json;

  const signing = signAll([...new Set(clean.map(({ id }) => id))], services);
  // Logs the error of a failure.
  services.background(signing);
  const urls = await signing.catch(() => new Map<string, string>());

  for (const file of clean) file.fileUrl = urls.get(file.id) ?? null;
  for (const sample of [...objectsIn(document)].filter(isFileSample)) {
    sample.url = sample.file.fileUrl;
  }
  return JSON.stringify(document);
}

/** Returns the URLs by file id. Sends one request per bucket. */
async function signAll(ids: readonly string[], { database, storage }: FileServices) {
  const locations = await database.fileLocations(ids);
  const byBucket = Map.groupBy(locations, ({ bucket }) => bucket);
  const signed = await Promise.all(
    [...byBucket].map(async ([bucket, files]) => {
      const byPath = await storage.signDownloads(
        bucket,
        files.map(({ path }) => path),
      );
      return files.map(({ fileId, path, fileName }) => {
        const url = byPath.get(path);
        return [fileId, url && asDownload(url, fileName)] as const;
      });
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
