import { createClient } from "@supabase/supabase-js";
import { expect } from "vitest";
import { db, sql } from "../supabase-js/world.ts";
import { apiUrl } from "../world/stack.ts";
import { call as callFunction, type Person } from "../world/through-supabase-js.ts";

/** Storage as the project itself, with its secret key. */
export const service = createClient(apiUrl, process.env.SECRET_KEY ?? "", {
  auth: { persistSession: false, autoRefreshToken: false },
});

/** A place that was reserved for a file. */
export interface Place {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly mimeType: string;
}

export interface Refusal {
  readonly code: string;
}

/** Calls a function of the schema `api`. Returns its result, or the code of the refusal. */
export async function call<T>(who: Person, name: string, args: object): Promise<T | Refusal> {
  const { data, code } = await callFunction(who, name, args);
  return code === undefined ? data : { code };
}

/** What a file is uploaded for: the deliverable of a task, or the user's avatar. */
export type Target =
  | { readonly uploadType: "deliverable"; readonly projectId: string; readonly taskId: string }
  | { readonly uploadType: "avatar" };

export const reserve = (
  who: Person,
  target: Target,
  fileName: string,
  mimeType: string,
  fileSize: number,
): Promise<Place | Refusal> =>
  call(who, "create_upload", { ...target, fileName, mimeType, fileSize });

/** Reserves, uploads and confirms a file. */
export async function upload(
  who: Person,
  target: Target,
  fileName: string,
  mimeType: string,
  bytes: Uint8Array,
): Promise<Place> {
  const place = await reserve(who, target, fileName, mimeType, bytes.length);
  if ("code" in place) throw new Error(`The reservation was refused: ${place.code}`);
  await put(who, place, bytes);
  expect(await call(who, "confirm_upload", { fileId: place.fileId })).toMatchObject({
    fileId: place.fileId,
  });
  return place;
}

export async function put(who: Person, place: Place, bytes: Uint8Array): Promise<void> {
  const { error } = await who.client.storage
    .from(place.bucket)
    .upload(place.path, bytes, { contentType: place.mimeType });
  expect(error).toBeNull();
}

/** Reads until the value is the expected one or a minute have passed, and returns the last value. */
export async function eventually<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (isDone(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The result of a file's scan: `clean`, `infected`, or `failed` with the reason. */
export const verdict = ({ fileId }: Place): Promise<string> =>
  eventually(
    async () => {
      const file = await db
        .selectFrom("public.files")
        .select(["state", "failure"])
        .where("id", "=", fileId)
        .executeTakeFirst();
      if (file === undefined) return "gone";
      return file.failure === null ? file.state : `${file.state} ${file.failure}`;
    },
    (words) => words !== "uploaded" && words !== "reserved",
  );

/** The buckets that hold an object at the path of a place. */
export async function buckets({ path }: Place): Promise<string[]> {
  const rows = await sql<{ bucket_id: string }[]>`
    select bucket_id from storage.objects where name = ${path} order by bucket_id`;
  return rows.map((row) => row.bucket_id);
}

/** As {@link buckets}, once the worker has removed what it must remove. */
export const bucketsInTheEnd = (place: Place, expected: readonly string[]): Promise<string[]> =>
  eventually(
    () => buckets(place),
    (found) => found.join() === expected.join(),
  );

/** The ways in which a user gets the bytes of a file. */
export async function waysToGet(who: Person, { fileId, bucket, path }: Place): Promise<string[]> {
  const storage = who.client.storage.from(bucket);
  const signed = await storage.createSignedUrl(path, 60);
  const ways = {
    download: (await storage.download(path)).error === null,
    sign: signed.error === null,
    list: ((await storage.list(path.slice(0, path.lastIndexOf("/")))).data ?? []).length > 0,
    public: (await fetch(storage.getPublicUrl(path).data.publicUrl)).ok,
    published: (await fetch(`${apiUrl}/storage/v1/object/public/avatars/${path}`)).ok,
    address: !("code" in (await call<object>(who, "get_download", { fileId }))),
  };
  return Object.entries(ways)
    .filter(([, works]) => works)
    .map(([way]) => way);
}

/** Calls the `files` function as the database does: `POST` wakes it, `GET` returns its status. */
export async function askWorker(method: "GET" | "POST") {
  const response = await fetch(`${apiUrl}/functions/v1/files`, {
    method,
    headers: { authorization: `Bearer ${process.env.SECRET_KEY}` },
  });
  expect(response.ok).toBe(true);
  return response.json();
}
