/** Shared by the tests of Storage: expected errors, requests, and the files on disk. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { StorageApiError } from "@supabase/supabase-js";
import { apiUrl, dataDir, publishableKey } from "../contract/target.ts";
import { until } from "../support/http.ts";

export const storageUrl = `${apiUrl}/storage/v1`;

/** Returns the parts of an error that clients check. Throws if the call succeeded. */
export function failure({ error }: { error: unknown }): object {
  if (!(error instanceof StorageApiError)) throw error ?? new Error("The call succeeded.");
  const { status, statusCode, code, message } = error;
  return { status, statusCode, code, message };
}

export const notFound = {
  status: 400,
  statusCode: "404",
  code: "NoSuchKey",
  message: "Object not found",
};
export const noBucket = {
  status: 400,
  statusCode: "404",
  code: "NoSuchBucket",
  message: "Bucket not found",
};
export const denied = {
  status: 400,
  statusCode: "403",
  code: "AccessDenied",
  message: "new row violates row-level security policy",
};
export const duplicate = {
  status: 400,
  statusCode: "409",
  code: "KeyAlreadyExists",
  message: "The resource already exists",
};
export const tooLarge = {
  status: 400,
  statusCode: "413",
  code: "EntityTooLarge",
  message: "The object exceeded the maximum allowed size",
};

export function fetchObject(
  path: string,
  token?: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Response> {
  const { headers = {}, ...rest } = init;
  return fetch(`${storageUrl}${path}`, {
    ...rest,
    headers: {
      apikey: publishableKey,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
}

interface Part {
  readonly state: string;
  readonly restarts: number;
  readonly pid: number;
}

/** Returns the health of the embedded Storage. */
export async function part(): Promise<Part> {
  const health = await (await fetch(`${apiUrl}/health`)).json();
  return (health as { parts: { storage: Part } }).parts.storage;
}

/** Kills Storage's process and waits until it has restarted. */
export async function kill(): Promise<void> {
  const before = await part();
  process.kill(before.pid, "SIGKILL");
  await until("Storage is back", async () => {
    const { state, restarts } = await part();
    return state === "healthy" && restarts > before.restarts;
  });
}

/** Counts the files on disk: those of objects, and drafts that are being written. */
export async function onDisk(): Promise<{ readonly objects: number; readonly drafts: number }> {
  const count = async (folder: string) =>
    (
      await readdir(join(dataDir, "storage", folder), { recursive: true, withFileTypes: true })
    ).filter((entry) => entry.isFile()).length;
  return { objects: await count("objects"), drafts: await count("drafts") };
}
