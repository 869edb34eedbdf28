/** Resumable uploads with tus-js-client: rights, limits, and recovery after lost connections and crashes. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DetailedError, Upload, type UploadOptions } from "tus-js-client";
import { beforeAll, describe, expect, test } from "vitest";
import {
  admin,
  dataDir,
  isEmbedded,
  newUser,
  type Person,
  publishableKey,
  query,
} from "../contract/target.ts";
import { kill, storageUrl } from "./support.ts";

const endpoint = `${storageUrl}/upload/resumable`;
const uploads = join(dataDir, "storage", "uploads");
const megabyte = 1024 * 1024;

let person: Person;
let other: Person;
beforeAll(async () => {
  [person, other] = await Promise.all([newUser(), newUser()]);
});

const place = () => `${person.user.id}/${randomUUID()}`;
const headers = (who: Person, upsert = false) => ({
  apikey: publishableKey,
  authorization: `Bearer ${who.session.access_token}`,
  "x-upsert": String(upsert),
});

interface SendOptions extends Partial<Omit<UploadOptions, "metadata">> {
  readonly metadata?: Record<string, string>;
}

/** Uploads an object completely and returns the requests that were sent. */
async function send(path: string, bytes: Buffer, overrides: SendOptions = {}, bucket = "own") {
  const requests: string[] = [];
  let url: string | null = null;
  await new Promise<void>((resolve, reject) => {
    const { metadata, ...options } = overrides;
    const upload = new Upload(bytes as never, {
      endpoint,
      chunkSize: 6 * megabyte,
      retryDelays: [0, 100, 500, 1000],
      headers: headers(person),
      metadata: { bucketName: bucket, objectName: path, contentType: "video/mp4", ...metadata },
      onAfterResponse: (request, response) => {
        requests.push(`${request.getMethod()} ${response.getStatus()}`);
      },
      onError: reject,
      onSuccess: () => resolve(),
      ...options,
    });
    upload.start();
    url = upload.url;
  });
  return { requests, url };
}

const statusOf = (attempt: Promise<unknown>): Promise<readonly unknown[]> =>
  attempt.then(
    () => [200],
    (error) =>
      error instanceof DetailedError
        ? [error.originalResponse?.getStatus(), error.originalResponse?.getBody().trim()]
        : Promise.reject(error),
  );

async function downloaded(path: string, bucket = "own"): Promise<string> {
  const { data, error } = await admin.storage.from(bucket).download(path);
  if (error !== null) throw error;
  return digest(Buffer.from(await data.arrayBuffer()));
}
const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("uploads an object in parts", async () => {
  const path = place();
  const bytes = randomBytes(14 * megabyte);
  const metadata = { cacheControl: "60", metadata: JSON.stringify({ tag: "big" }) };
  const { requests } = await send(path, bytes, { metadata });
  expect(requests).toEqual(["POST 201", "PATCH 204", "PATCH 204", "PATCH 204"]);
  expect((await person.client.storage.from("own").info(path)).data).toMatchObject({
    size: bytes.length,
    contentType: "video/mp4",
    cacheControl: "max-age=60",
    metadata: { tag: "big" },
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
  });
  expect(await downloaded(path)).toBe(digest(bytes));
  const [row] = await query("select owner_id from storage.objects where name = $1", [path]);
  expect(row?.owner_id).toBe(person.user.id);
});

test("uploads an empty object, and a small one within the creation request", async () => {
  const [empty, small] = [place(), place()];
  expect((await send(empty, Buffer.alloc(0))).requests).toEqual(["POST 201"]);
  expect(await downloaded(empty)).toBe(digest(Buffer.alloc(0)));
  const one = await send(small, Buffer.from("all"), { uploadDataDuringCreation: true });
  expect(one.requests).toEqual(["POST 201"]);
  expect(await downloaded(small)).toBe(digest(Buffer.from("all")));
});

test("replaces an object only with x-upsert", async () => {
  const path = place();
  await send(path, Buffer.from("one"));
  const noRetry = { retryDelays: null };
  expect(await statusOf(send(path, Buffer.from("two"), noRetry))).toEqual([
    409,
    "The resource already exists",
  ]);
  await send(path, Buffer.from("three"), { headers: headers(person, true) });
  expect(await downloaded(path)).toBe(digest(Buffer.from("three")));
});

describe("is rejected at creation", () => {
  const noRetry = { retryDelays: null };

  test("for callers without the right to insert", async () => {
    const attempt = send(place(), Buffer.from("x"), { ...noRetry, headers: headers(other) });
    expect(await statusOf(attempt)).toEqual([403, "new row violates row-level security policy"]);
    const anonymous = { ...noRetry, headers: { apikey: publishableKey } };
    expect((await statusOf(send(place(), Buffer.from("x"), anonymous)))[0]).toBe(403);
  });

  test("for sizes and types that the bucket does not allow", async () => {
    const put = (size: number, type: string) =>
      send(place(), Buffer.alloc(size), { ...noRetry, metadata: { contentType: type } }, "small");
    expect((await statusOf(put(1001, "image/png")))[0]).toBe(413);
    expect((await statusOf(put(10, "image/jpeg")))[0]).toBe(415);
    expect((await statusOf(put(10, "")))[0]).toBe(415);
    expect((await statusOf(put(1000, "image/png")))[0]).toBe(200);
  });

  test.each(["", "../x", "ü", "a/../../b"])("for the invalid name %j", async (name) => {
    expect((await statusOf(send(name, Buffer.from("x"), noRetry)))[0]).toBe(400);
  });

  test("for a bucket that does not exist", async () => {
    const attempt = send(place(), Buffer.from("x"), noRetry, "nowhere");
    expect(await statusOf(attempt)).toEqual([404, "Bucket not found"]);
  });
});

/** Creates an upload whose parts the test sends itself. */
async function begin(path: string, length: number) {
  const encode = (text: string) => Buffer.from(text).toString("base64");
  const created = await fetch(endpoint, {
    method: "POST",
    headers: {
      ...headers(person),
      "tus-resumable": "1.0.0",
      "upload-length": String(length),
      "upload-metadata": `bucketName ${encode("own")},objectName ${encode(path)}`,
    },
  });
  const url = created.headers.get("location") ?? "";
  const patch = (offset: number, body: Buffer, who = person) =>
    fetch(url, {
      method: "PATCH",
      headers: {
        ...headers(who),
        "tus-resumable": "1.0.0",
        "upload-offset": String(offset),
        "content-type": "application/offset+octet-stream",
      },
      body: new Uint8Array(body),
    });
  const offset = async () => {
    const head = await fetch(url, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
    return head.status === 200 ? Number(head.headers.get("upload-offset")) : head.status;
  };
  return { created, url, patch, offset };
}

describe("an upload in progress", () => {
  test("has a URL of the gateway and an expiry time", async () => {
    const { created, url } = await begin(place(), 10);
    expect(created.status).toBe(201);
    expect(url.startsWith(`${endpoint}/`)).toBe(true);
    const left = Date.parse(created.headers.get("upload-expires") ?? "") - Date.now();
    expect(left).toBeGreaterThan(3_000_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  test("checks policies, offset and length for every part", async () => {
    const path = place();
    const { patch, offset } = await begin(path, 10);
    expect((await patch(0, Buffer.from("12345"))).status).toBe(204);
    expect((await patch(5, Buffer.from("67890"), other)).status).toBe(403);
    expect((await patch(3, Buffer.from("x"))).status).toBe(409);
    expect((await patch(5, Buffer.from("678901"))).status).toBe(413);
    expect(await offset()).toBe(5);
    expect((await admin.storage.from("own").exists(path)).data).toBe(false);
    expect((await patch(5, Buffer.from("67890"))).status).toBe(204);
    expect(await downloaded(path)).toBe(digest(Buffer.from("1234567890")));
    // A client that missed the last response sees that the upload is complete.
    expect(await offset()).toBe(10);
    // No part is accepted after the end, not even an empty one.
    for (const [at, body] of [
      [10, ""],
      [10, "1"],
      [5, "67890"],
    ] as const) {
      const late = await patch(at, Buffer.from(body));
      expect([late.status, await late.text()]).toEqual([409, "The resource already exists"]);
    }
    expect(await downloaded(path)).toBe(digest(Buffer.from("1234567890")));
  });

  test("can be deleted only by a caller with rights", async () => {
    const { url, offset } = await begin(place(), 10);
    const end = (who: Person) =>
      fetch(url, { method: "DELETE", headers: { ...headers(who), "tus-resumable": "1.0.0" } });
    expect((await end(other)).status).toBe(403);
    expect((await end(person)).status).toBe(204);
    expect(await offset()).toBe(404);
  });

  test("responds with 404 to an unknown id", async () => {
    for (const id of [randomUUID(), "..%2f..%2fkeys", "x"]) {
      const head = await fetch(`${endpoint}/${id}`, {
        method: "HEAD",
        headers: { "tus-resumable": "1.0.0" },
      });
      expect(head.status, id).toBe(404);
    }
  });
});

test.runIf(isEmbedded)(
  "HEAD is answered once, so that its connection can be used again",
  async () => {
    const head = await fetch(`${endpoint}/${randomUUID()}`, {
      method: "HEAD",
      headers: { "tus-resumable": "1.0.0" },
    });
    expect(head.status).toBe(404);
    // A request on the same connection, which a second answer would have cut.
    await person.client.storage.from("own").list();
    expect(await readFile(join(dataDir, "logs/storage.log"), "utf8")).not.toContain(
      "ERR_HTTP_HEADERS_SENT",
    );
  },
);

test("uploads with a signed URL without any other rights", async () => {
  const path = place();
  const { data, error } = await person.client.storage.from("own").createSignedUploadUrl(path);
  expect(error).toBeNull();
  const signed = {
    endpoint: `${endpoint}/sign`,
    headers: { apikey: publishableKey, "x-signature": data?.token ?? "" },
    retryDelays: null,
  };
  const bytes = randomBytes(7 * megabyte);
  expect((await statusOf(send(place(), bytes, signed)))[0]).toBe(400);
  const none = { ...signed, headers: { apikey: publishableKey } };
  expect((await statusOf(send(path, bytes, none)))[0]).toBe(400);
  const { requests } = await send(path, bytes, signed);
  expect(requests).toEqual(["POST 201", "PATCH 204", "PATCH 204"]);
  expect(await downloaded(path)).toBe(digest(bytes));
  const [row] = await query("select owner_id from storage.objects where name = $1", [path]);
  expect(row?.owner_id).toBe(person.user.id);
});

/** Makes the fixture's trigger fail the final write of objects whose names end in `.broken`. */
const setBroken = (isOn: boolean) =>
  query(`update public.switches set is_on = ${isOn} where name = 'broken'`);

describe.runIf(isEmbedded)("after a crash", () => {
  test("an upload continues at its offset", async () => {
    const path = place();
    const bytes = randomBytes(20 * megabyte);
    let isKilled = false;
    const { requests } = await send(path, bytes, {
      onProgress: (sent) => {
        if (isKilled || sent < 7 * megabyte) return;
        isKilled = true;
        void kill();
      },
    });
    expect(isKilled).toBe(true);
    expect(requests.filter((request) => request === "POST 201")).toHaveLength(1);
    expect(requests).toContain("HEAD 200");
    expect(await downloaded(path)).toBe(digest(bytes));
  });

  test("a complete upload without an object asks for its last byte again", async () => {
    const path = `${place()}.broken`;
    const { patch, offset } = await begin(path, 10);
    // The final write fails in the database, after every byte has arrived.
    await setBroken(true);
    expect((await patch(0, Buffer.from("1234567890"))).status).toBe(500);
    expect((await admin.storage.from("own").exists(path)).data).toBe(false);
    await setBroken(false);
    await kill();
    expect(await offset()).toBe(9);
    expect((await patch(9, Buffer.from("0"))).status).toBe(204);
    expect(await downloaded(path)).toBe(digest(Buffer.from("1234567890")));
  });

  test("parts that are sent again while an upload completes do not change it", async () => {
    const path = place();
    const bytes = randomBytes(8 * megabyte);
    const { patch, offset } = await begin(path, bytes.length);
    const whole = patch(0, bytes);
    const late = async () => {
      // Sends other bytes for the part that the server reports as missing.
      const at = await offset();
      return at < bytes.length ? patch(at, Buffer.alloc(bytes.length - at, 255)) : undefined;
    };
    const others = Promise.allSettled(Array.from({ length: 5 }, late));
    await whole.catch(() => undefined);
    await others;
    const { data } = await admin.storage.from("own").info(path);
    const down = await admin.storage.from("own").download(path);
    const received = Buffer.from((await down.data?.arrayBuffer()) ?? new ArrayBuffer());
    // The bytes are complete and match the row's ETag.
    expect(received.length).toBe(bytes.length);
    expect(data?.etag).toBe(`"${createHash("md5").update(received).digest("hex")}"`);
  });

  test("an upload whose final write is rejected is removed", async () => {
    const path = `${place()}.sealed`;
    await person.client.storage.from("own").upload(path, "first");
    const before = await readdir(uploads);
    const options = { headers: headers(person, true), retryDelays: null };
    expect((await statusOf(send(path, Buffer.from("second"), options)))[0]).toBe(403);
    expect(await downloaded(path)).toBe(digest(Buffer.from("first")));
    expect(await readdir(uploads)).toEqual(before);
  });

  test("a finished upload keeps only its record", async () => {
    const { patch, url } = await begin(place(), 3);
    await patch(0, Buffer.from("abc"));
    const id = url.split("/").at(-1) ?? "";
    const left = (await readdir(uploads)).filter((name) => name.startsWith(id));
    expect(left).toEqual([`${id}.json`]);
  });
});
