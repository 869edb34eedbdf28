/** Memory use of Storage while it transfers several 100 MB objects at once. */
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Upload } from "tus-js-client";
import { expect, test } from "vitest";
import { admin, isEmbedded, secretKey } from "../contract/target.ts";
import { part, storageUrl } from "./support.ts";

const size = 100 * 1024 * 1024;
const limit = 150 * 1024;

/** Returns the process's peak memory in KiB, as the kernel reports it. */
async function peak(): Promise<number> {
  const status = await readFile(`/proc/${(await part()).pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
}

test.runIf(isEmbedded && process.platform === "linux")(
  "stays below 150 MB while four objects of 100 MB are uploaded and downloaded",
  { timeout: 120_000 },
  async () => {
    const bytes = Buffer.alloc(size, "0123456789abcdef");
    const expected = `"${createHash("md5").update(bytes).digest("hex")}"`;
    const own = admin.storage.from("own");
    const names = Array.from({ length: 4 }, () => `big/${randomUUID()}`);
    const [raw = "", form = "", tus = "", more = ""] = names;
    const resumable = new Promise<void>((resolve, reject) => {
      new Upload(bytes as never, {
        endpoint: `${storageUrl}/upload/resumable`,
        chunkSize: 6 * 1024 * 1024,
        headers: { apikey: secretKey },
        metadata: { bucketName: "own", objectName: tus },
        onError: reject,
        onSuccess: () => resolve(),
      }).start();
    });
    const uploads = await Promise.all([
      own.upload(raw, bytes),
      own.upload(form, new Blob([bytes])),
      own.upload(more, bytes),
      resumable,
    ]);
    for (const answer of uploads.slice(0, 3)) expect(answer?.error).toBeNull();
    for (const name of names) {
      expect((await own.info(name)).data).toMatchObject({ size, etag: expected });
    }
    const lengths = await Promise.all(
      names.map(async (name) => {
        const answer = await fetch(`${storageUrl}/object/own/${name}`, {
          headers: { apikey: secretKey },
        });
        let length = 0;
        for await (const chunk of answer.body ?? []) length += chunk.length;
        return length;
      }),
    );
    expect(lengths).toEqual(names.map(() => size));
    expect(await peak()).toBeLessThan(limit);

    const one = Buffer.alloc(size + 1);
    expect((await own.upload(`big/${randomUUID()}`, one)).error).toMatchObject({
      code: "EntityTooLarge",
    });
    await own.remove(names);
  },
);
