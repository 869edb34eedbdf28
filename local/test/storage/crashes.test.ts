/** Files on disk after failed and interrupted uploads. Embedded stack only. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { admin, dataDir, isEmbedded, newUser, query, secretKey } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { failure, kill, onDisk, storageUrl, tooLarge } from "./support.ts";

const megabyte = 1024 * 1024;
const own = admin.storage.from("own");
const fresh = () => `crash/${randomUUID()}`;

/** Starts an upload that the test can abort in the middle. */
function begin(path: string, size: number): { send(bytes: number): Promise<void>; end(): void } {
  const outgoing = request(`${storageUrl}/object/own/${path}`, {
    method: "POST",
    headers: { apikey: secretKey, "content-length": size, "content-type": "text/plain" },
  });
  outgoing.on("error", () => undefined);
  return {
    send: (bytes) =>
      new Promise((resolve) => void outgoing.write(Buffer.alloc(bytes, 1), () => resolve())),
    end: () => void outgoing.destroy(),
  };
}

describe.runIf(isEmbedded)("files on disk", () => {
  beforeAll(async () => {
    await own.upload(fresh(), "something");
  });

  test("are removed when the client aborts an upload, and no row is written", async () => {
    const before = await onDisk();
    const path = fresh();
    const upload = begin(path, 10 * megabyte);
    await upload.send(2 * megabyte);
    await until("a draft exists", async () => (await onDisk()).drafts === 1);
    upload.end();
    await until("the draft is gone", async () => (await onDisk()).drafts === 0);
    expect(await onDisk()).toEqual(before);
    expect((await own.exists(path)).data).toBe(false);
  });

  test("are removed when an upload exceeds the limit while it runs", async () => {
    const before = await onDisk();
    const limit = 100 * megabyte;
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += megabyte;
        // Ends eventually, so that the test fails instead of hanging if the server never rejects.
        if (sent > 3 * limit) controller.close();
        else controller.enqueue(new Uint8Array(megabyte));
      },
    });
    expect(failure(await own.upload(fresh(), endless))).toEqual(tooLarge);
    expect(await onDisk()).toEqual(before);
  });

  test("are cleaned up after Storage is killed: drafts and versions without a row", async () => {
    const kept = fresh();
    await own.upload(kept, "kept");
    const path = fresh();
    const upload = begin(path, 10 * megabyte);
    await upload.send(2 * megabyte);
    await until("a draft is there", async () => (await onDisk()).drafts === 1);
    // A crash between writing bytes and row leaves a version that no row references.
    const version = randomUUID();
    const leftover = join(dataDir, "storage", "objects", version.slice(0, 2), version);
    await mkdir(dirname(leftover), { recursive: true });
    await writeFile(leftover, "left over");
    const objects = (await onDisk()).objects;
    await kill();
    upload.end();
    expect(await onDisk()).toEqual({ objects: objects - 1, drafts: 0 });
    expect(await (await own.download(kept)).data?.text()).toBe("kept");
    expect((await own.exists(path)).data).toBe(false);
  });

  test("are removed when objects are replaced, moved or removed, and kept for copies", async () => {
    const before = (await onDisk()).objects;
    const [one, two, three] = [fresh(), fresh(), fresh()];
    await own.upload(one, "1");
    await own.upload(one, "2", { upsert: true });
    await own.move(one, two);
    await own.copy(two, three);
    expect((await onDisk()).objects).toBe(before + 2);
    await own.remove([two]);
    expect((await onDisk()).objects).toBe(before + 1);
    expect(await (await own.download(three)).data?.text()).toBe("2");
    await own.remove([three]);
    expect((await onDisk()).objects).toBe(before);
  });

  test("are removed when the final write is rejected", async () => {
    const { client, user } = await newUser();
    const path = `${user.id}/x.sealed`;
    await client.storage.from("own").upload(path, "first");
    const before = await onDisk();
    const { error } = await client.storage.from("own").upload(path, "second", { upsert: true });
    expect(error).toMatchObject({ code: "AccessDenied" });
    expect(await onDisk()).toEqual(before);
  });

  test("are those of exactly one upload after concurrent uploads of one object", async () => {
    const before = (await onDisk()).objects;
    const path = fresh();
    const bodies = Array.from({ length: 12 }, () => randomBytes(300_000));
    const answers = await Promise.all(
      bodies.map((body) => own.upload(path, body, { upsert: true, contentType: "image/png" })),
    );
    expect(answers.map(({ error }) => error)).toEqual(bodies.map(() => null));
    const down = Buffer.from(
      (await (await own.download(path)).data?.arrayBuffer()) ?? new ArrayBuffer(),
    );
    expect(bodies.some((body) => body.equals(down))).toBe(true);
    expect((await onDisk()).objects).toBe(before + 1);

    const single = fresh();
    const first = await Promise.all(bodies.map((body) => own.upload(single, body)));
    expect(first.filter(({ error }) => error === null)).toHaveLength(1);
    expect((await onDisk()).objects).toBe(before + 2);
  });

  test("that are missing make the object not found", async () => {
    const path = fresh();
    await own.upload(path, "x");
    await query("update storage.objects set version = $1 where name = $2", [
      "../../../keys.json",
      path,
    ]);
    const { error } = await own.download(path);
    expect(error).toMatchObject({ code: "NoSuchKey" });
  });

  test("can be read to the end by a download while the object is removed", async () => {
    const path = fresh();
    const bytes = randomBytes(20 * megabyte);
    await own.upload(path, bytes);
    const answer = await fetch(`${storageUrl}/object/own/${path}`, {
      headers: { apikey: secretKey },
    });
    const reader = answer.body?.getReader();
    const chunks = [(await reader?.read())?.value ?? new Uint8Array()];
    await own.remove([path]);
    for (;;) {
      const next = await reader?.read();
      if (next?.value === undefined) break;
      chunks.push(next.value);
    }
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });
});
