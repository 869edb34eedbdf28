import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewDeliverable, UploadProgress } from "../src/index.ts";
import { FakeStorage } from "./fake-storage.ts";

const MiB = 1024 * 1024;
const place = { projectId: "p1", taskId: "t1", title: "Rough cut" };
const named = (name: string, bytes: Buffer) => ({ name, data: new Uint8Array(bytes) });
const work = (...files: ReturnType<typeof named>[]): NewDeliverable => ({ ...place, files });

let storage: FakeStorage;
beforeEach(async () => {
  storage = new FakeStorage();
  await storage.listen();
});
afterEach(() => storage.close());

const stored = () => [...storage.places.values()];
const chunks = () => storage.requests("PATCH", "/storage/v1/upload/resumable/");

describe("an upload", () => {
  test("submit reserves, uploads, confirms and submits the files", async () => {
    const bytes = [randomBytes(1000), randomBytes(2000), randomBytes(3000), randomBytes(4000)];
    const names = ["a.png", "b.JPG", "c.mov", "d.zip"];
    const files = bytes.map((data, index) => named(names[index] ?? "", data));
    const { data, error } = await storage.client().deliverables.submit(work(...files));
    expect(error).toBeNull();
    const [reserved, ...others] = storage.calls("create_uploads");
    expect(others).toHaveLength(0);
    expect(reserved?.body).toEqual({
      uploadType: "deliverable",
      projectId: "p1",
      taskId: "t1",
      files: names.map((fileName, index) => ({ fileName, fileSize: 1000 * (index + 1) })),
      fields: { title: "Rough cut" },
    });
    const byName = (name: string) => stored().find(({ fileName }) => fileName === name);
    expect(names.map((name) => byName(name)?.bytes)).toEqual(bytes);
    const listed = names.map((name) => ({ fileId: byName(name)?.fileId }));
    expect(data).toMatchObject({ operation: "submit_deliverable", ...place, files: listed });
    const [sent] = storage.requests("POST", "/storage/v1/object/");
    expect(sent?.headers).toMatchObject({ "x-upsert": "false", apikey: "sb_publishable_test" });
  });

  test("every kind of file input is accepted", async () => {
    const bytes = randomBytes(500);
    const blob = new Blob([bytes], { type: "application/pdf" });
    const lazy = {
      name: "lazy.gif",
      size: 500,
      slice: async (from: number, to: number) => new Uint8Array(bytes.subarray(from, to)),
    };
    // The bytes show no type, so each file waits for its scan.
    storage.trouble = ({ path }) =>
      path.endsWith("get_download") ? { status: 200, body: {} } : undefined;
    const kinds = [
      new File([bytes], "file.png", { type: "image/png" }),
      { name: "blob.pdf", data: blob },
      { name: "bytes.jpg", data: new Uint8Array(bytes) },
      { name: "buffer.zip", data: new Uint8Array(bytes).buffer },
      { name: "named.bin", type: "video/mp4", data: blob },
      lazy,
    ];
    await storage
      .client()
      .deliverables.submit({ ...place, files: kinds })
      .orThrow();
    expect(Object.fromEntries(stored().map((file) => [file.fileName, file.mimeType]))).toEqual({
      "file.png": "image/png",
      "blob.pdf": "application/pdf",
      "bytes.jpg": "by the name",
      "buffer.zip": "by the name",
      "named.bin": "video/mp4",
      "lazy.gif": "by the name",
    });
    for (const file of stored()) expect(file.bytes).toEqual(bytes);
  });

  test("a file whose bytes show another type is refused before any byte is sent", async () => {
    const movie = Buffer.from("\0\0\0\x14ftypisom\0\0\0\0isom", "latin1");
    const heic = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1", "latin1");
    const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
    const pdf = Buffer.concat([Buffer.alloc(1024), Buffer.from("%PDF-1.7")]);
    const files = [
      { ...named("real.png", png), type: "image/png" },
      { ...named("movie.png", movie), type: "image/png" },
      { ...named("photo.jpg", heic), type: "image/jpeg" },
      { ...named("print.pdf", pdf), type: "application/pdf" },
      { ...named("cut.mov", movie), type: "video/quicktime" },
      { ...named("page.gif", Buffer.from("<html>")), type: "image/gif" },
    ];
    const { error } = await storage.client().deliverables.submit({ ...place, files });
    expect(error).toMatchObject({ code: "FILE_MISMATCH", status: 400 });
    expect(error?.details).toEqual(
      [1, 2, 5].map((index) => ({
        field: `files[${index}]`,
        message: `"${files[index]?.name}" does not have the declared type.`,
      })),
    );
    expect(storage.requests("POST", "/storage/")).toHaveLength(0);
    expect(storage.calls("submit_deliverable")).toHaveLength(0);
    await expect.poll(() => stored().every(({ state }) => state === "discarded")).toBe(true);
  });

  test("a file whose bytes show no type is submitted only if its scan does not reject it", async () => {
    const files = [{ ...named("a.png", Buffer.from("Just words.")), type: "image/png" }];
    for (const code of ["FILE_MISMATCH", "FILE_INFECTED"]) {
      storage.seen.length = 0;
      const body = { code: "PT409", hint: code, message: "No.", details: null };
      storage.trouble = ({ path }, attempt) =>
        path.endsWith("get_download") && attempt > 2 ? { status: 409, body } : undefined;
      const { error } = await storage.client().deliverables.submit({ ...place, files });
      expect(error).toMatchObject({ code, details: [{ field: "files[0]" }] });
      expect(storage.calls("get_download")).toHaveLength(3);
      expect(storage.calls("submit_deliverable")).toHaveLength(0);
      await expect.poll(() => stored().every(({ state }) => state === "discarded")).toBe(true);
    }
  });

  test("a file whose bytes cannot be read here is left to the scan", async () => {
    const data = randomBytes(20);
    const slice = (from: number, to: number) => {
      const part = new Blob([data.subarray(from, to)]);
      return Object.assign(part, { arrayBuffer: undefined });
    };
    const source = { name: "a.png", size: 20, type: "image/png", slice };
    await storage
      .client()
      .deliverables.submit({ ...place, files: [source as never] })
      .orThrow();
    expect(storage.calls("get_download")).toHaveLength(0);
  });

  test("files that are already uploaded can be mixed with new ones, in order", async () => {
    const onswift = storage.client();
    const target = { uploadType: "deliverable", projectId: "p1", taskId: "t1" } as const;
    const early = await onswift.files
      .upload(target, [named("a.png", randomBytes(10)), named("b.png", randomBytes(10))])
      .orThrow();
    const late = named("c.png", randomBytes(10));
    const [first, second] = early.files;
    if (!first || !second) throw new Error("Two were uploaded.");
    const handedIn = { ...place, files: [second, late, first] };
    const data: unknown = await onswift.deliverables.submit(handedIn).orThrow();
    const third = stored().find(({ fileName }) => fileName === "c.png")?.fileId;
    expect(data).toMatchObject({ files: [second, { fileId: third }, first] });
    expect(storage.calls("create_uploads")).toHaveLength(2);
  });

  test("files of an unknown kind and unknown fields are refused before any request", async () => {
    const { deliverables } = storage.client();
    const bare = { ...place, files: [new Uint8Array(3), new Blob(["x"])] as never[] };
    expect((await deliverables.submit(bare)).error).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "files[0]" }],
    });
    const file = named("a.png", randomBytes(1));
    const misspelt = { ...work(file), tilte: "x" };
    expect((await deliverables.submit(misspelt)).error?.details?.[0]?.field).toBe("tilte");
    expect(storage.seen).toHaveLength(0);
  });

  test("the backend judges texts and the number of files before anything is uploaded", async () => {
    const details = [
      { field: "files", message: "At least one file is required." },
      { field: "title", message: "Title is required." },
    ];
    const body = {
      code: "PT400",
      hint: "VALIDATION_ERROR",
      message: "Validation failed",
      details: JSON.stringify(details),
    };
    storage.trouble = ({ path }) =>
      path.endsWith("create_uploads") ? { status: 400, body } : undefined;
    const { deliverables } = storage.client();
    const { error } = await deliverables.resubmit("d1", { title: " ", files: [] });
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", details });
    expect(storage.seen.map(({ body: sent }) => sent)).toEqual([
      { uploadType: "deliverable", deliverableId: "d1", files: [], fields: { title: " " } },
    ]);
  });

  test("a refused file is named by its index and no file is uploaded", async () => {
    const details = JSON.stringify([{ field: "files[1].mimeType", message: "No." }]);
    storage.trouble = ({ path }) =>
      path.endsWith("create_uploads")
        ? {
            status: 400,
            body: { code: "PT400", hint: "VALIDATION_ERROR", message: "No.", details },
          }
        : undefined;
    const picture = named("a.png", randomBytes(1));
    const files = [picture, { fileId: "f1" }, named("b.exe", randomBytes(1))];
    const { error } = await storage.client().deliverables.submit({ ...place, files });
    expect(error?.details).toEqual([{ field: "files[2].mimeType", message: "No." }]);
    expect(storage.requests("POST", "/storage/")).toHaveLength(0);
  });

  test("a file that differs from its reservation returns FILE_MISMATCH", async () => {
    storage.trouble = ({ path }) =>
      path.endsWith("confirm_upload")
        ? { status: 400, body: { code: "PT400", hint: "FILE_MISMATCH", message: "Other size." } }
        : undefined;
    const { error } = await storage
      .client()
      .deliverables.submit(work(named("a.png", randomBytes(9))));
    expect(error).toMatchObject({ code: "FILE_MISMATCH", status: 400, message: "Other size." });
    expect(storage.calls("submit_deliverable")).toHaveLength(0);
  });

  test("errors of Storage become OnSwift errors", async () => {
    const body = { statusCode: "413", code: "EntityTooLarge", message: "Too large." };
    storage.trouble = ({ path }) =>
      path.startsWith("/storage/") ? { status: 400, body } : undefined;
    const { error } = await storage
      .client()
      .deliverables.submit(work(named("a.png", randomBytes(9))));
    expect(error).toMatchObject({ code: "FILE_TOO_LARGE", status: 413, message: "Too large." });
    expect(storage.requests("POST", "/storage/")).toHaveLength(1);
  });
});

describe("a small file", () => {
  test("a small file is sent again after a lost connection", async () => {
    storage.trouble = ({ path }, attempt) =>
      path.startsWith("/storage/") && attempt <= 2 ? { cutAfter: 1000 } : undefined;
    const bytes = randomBytes(200_000);
    const { error } = await storage.client().deliverables.submit(work(named("a.png", bytes)));
    expect(error).toBeNull();
    expect(stored()[0]?.bytes).toEqual(bytes);
    expect(storage.requests("POST", "/storage/")).toHaveLength(3);
  });

  test("a small file whose response was lost counts as uploaded", async () => {
    storage.trouble = ({ path }, attempt) =>
      path.startsWith("/storage/") && attempt === 1 ? { loseAnswer: true } : undefined;
    const { error } = await storage
      .client()
      .deliverables.submit(work(named("a.png", randomBytes(99))));
    expect(error).toBeNull();
    expect(storage.requests("POST", "/storage/")).toHaveLength(2);
  });
});

describe("a large file", () => {
  const bytes = randomBytes(14 * MiB);

  test("a large file is sent in chunks of 6 MiB and reports progress", async () => {
    const heard: UploadProgress[] = [];
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)));
    const off = task.on("progress", (progress) => heard.push(progress));
    await task.orThrow();
    off();
    expect(chunks().map(({ body }) => body)).toEqual([6 * MiB, 6 * MiB, 2 * MiB]);
    expect(chunks().map(({ headers }) => headers["upload-offset"])).toEqual([
      "0",
      String(6 * MiB),
      String(12 * MiB),
    ]);
    expect(stored()[0]?.bytes?.equals(bytes)).toBe(true);
    expect(heard.map(({ loaded }) => loaded)).toEqual(
      expect.arrayContaining([0, 6 * MiB, 12 * MiB, 14 * MiB]),
    );
    const whole = { loaded: 14 * MiB, total: 14 * MiB };
    expect(heard.at(-1)).toEqual({ index: 0, file: "a.mp4", ...whole, overall: whole });
  });

  test("a lost connection costs at most one chunk", async () => {
    storage.trouble = ({ method }, attempt) =>
      method === "PATCH" && attempt === 2 ? { cutAfter: 2 * MiB } : undefined;
    await storage
      .client()
      .deliverables.submit(work(named("a.mp4", bytes)))
      .orThrow();
    expect(storage.requests("HEAD", "/storage/")).toHaveLength(1);
    expect(chunks().map(({ headers }) => headers["upload-offset"])).toEqual([
      "0",
      String(6 * MiB),
      String(8 * MiB),
    ]);
    expect(stored()[0]?.bytes?.equals(bytes)).toBe(true);
  });

  test("a large file whose last response was lost counts as uploaded", async () => {
    storage.trouble = ({ method }, attempt) =>
      method === "PATCH" && attempt === 3 ? { loseAnswer: true } : undefined;
    await storage
      .client()
      .deliverables.submit(work(named("a.mp4", bytes)))
      .orThrow();
    expect(chunks()).toHaveLength(3);
    expect(stored()[0]?.bytes?.equals(bytes)).toBe(true);
  });

  test("an upload fails after maxRetries failures in a row and can continue from its state", async () => {
    let online = true;
    storage.trouble = ({ method }, attempt) => {
      if (method === "PATCH" && attempt === 2) online = false;
      return online ? undefined : { cutAfter: 0 };
    };
    const options = { maxRetries: 1 };
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)), options);
    expect((await task).error).toMatchObject({ code: "NETWORK", retryable: true });
    const kept = JSON.parse(JSON.stringify(task.state()));
    storage.trouble = () => undefined;
    const sent = chunks().length;

    const again = storage
      .client()
      .deliverables.submit(work(named("a.mp4", bytes)), { resumeFrom: kept });
    expect((await again).error).toBeNull();
    expect(storage.calls("create_uploads")).toHaveLength(1);
    expect(chunks()[sent]?.headers["upload-offset"]).toBe(String(6 * MiB));
    expect(stored()[0]?.bytes?.equals(bytes)).toBe(true);
  });

  test("a state of another file or with an expired reservation is not used", async () => {
    const { files } = storage.client();
    const target = { uploadType: "avatar" } as const;
    const task = files.upload(target, [named("a.png", randomBytes(10))]);
    await task.orThrow();
    const [one] = task.state().files;
    if (!one) throw new Error("There was one file.");
    const other = { resumeFrom: { files: [one] } };
    await files.upload(target, [named("a.png", randomBytes(11))], other).orThrow();
    const lapsed = { resumeFrom: { files: [{ ...one, expiresAt: "2020-01-01T00:00:00Z" }] } };
    await files.upload(target, [named("a.png", randomBytes(10))], lapsed).orThrow();
    await files.upload(target, [named("a.png", randomBytes(10))], { resumeFrom: task.state() });
    expect(storage.calls("create_uploads")).toHaveLength(3);
    for (const damaged of [{}, "x", { files: null }, { files: [7] }] as never[]) {
      const again = files.upload(target, [named("a.png", randomBytes(10))], {
        resumeFrom: damaged,
      });
      expect((await again).error).toBeNull();
    }
    expect(storage.calls("create_uploads")).toHaveLength(7);
  });

  test("a file that becomes shorter during the upload is refused", async () => {
    const slice = async () => new Uint8Array(7);
    const shrunk = { name: "a.mp4", size: 8 * MiB, slice };
    const { error } = await storage.client().deliverables.submit({ ...place, files: [shrunk] });
    expect(error?.code).toBe("FILE_MISMATCH");
  });

  test("pause stops sending and resume continues", async () => {
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)));
    const reached = new Promise<void>((resolve) => {
      task.on("progress", ({ loaded }) => loaded >= 6 * MiB && resolve());
    });
    await reached;
    task.pause();
    await new Promise((wake) => setTimeout(wake, 150));
    const sent = storage.seen.length;
    await new Promise((wake) => setTimeout(wake, 150));
    expect(storage.seen.length).toBe(sent);
    expect(storage.calls("submit_deliverable")).toHaveLength(0);
    task.resume();
    await task.orThrow();
    expect(stored()[0]?.bytes?.equals(bytes)).toBe(true);
  });

  test("abort discards the reserved files", async () => {
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)));
    task.on("progress", ({ loaded }) => loaded >= 6 * MiB && task.abort());
    const { error } = await task;
    expect(error?.code).toBe("ABORTED");
    await expect.poll(() => stored().map(({ state }) => state)).toEqual(["discarded"]);
    expect(storage.requests("DELETE", "/storage/v1/upload/resumable/")).toHaveLength(1);
    expect(storage.calls("submit_deliverable")).toHaveLength(0);
  });

  test("the caller's signal aborts an upload, also while it is paused", async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)), options);
    task.pause();
    stop.abort("enough");
    expect((await task).error).toMatchObject({ code: "ABORTED", cause: "enough" });
  });

  test("an upload has no time limit unless timeoutMs is set", async () => {
    const options = { timeoutMs: 80 };
    const task = storage.client().deliverables.submit(work(named("a.mp4", bytes)), options);
    task.pause();
    expect((await task).error?.code).toBe("TIMEOUT");
    expect(storage.calls("discard_uploads")).toHaveLength(0);
  });
});

describe("the session during an upload", () => {
  const large = () =>
    storage.client().deliverables.submit(work(named("a.mp4", randomBytes(9 * MiB))));

  test("a token that Storage rejects is renewed between two chunks", async () => {
    const renewed = { access_token: "new", refresh_token: "r", expires_in: 900, user: {} };
    storage.trouble = ({ path, method }, attempt) => {
      if (path.startsWith("/auth/")) return { status: 200, body: renewed };
      const expired = { status: 400, body: { statusCode: "403", message: "jwt expired" } };
      return method === "PATCH" && attempt === 2 ? expired : undefined;
    };
    expect((await large()).error).toBeNull();
    expect(chunks().map(({ headers }) => headers.authorization === "Bearer new")).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("an upload without a session sends no request", async () => {
    const onswift = storage.client();
    await onswift.auth.signOut();
    const before = storage.seen.length;
    const { error } = await onswift.deliverables.submit(work(named("a.png", randomBytes(9))));
    expect(error?.code).toBe("NOT_AUTHENTICATED");
    expect(storage.seen.length).toBe(before);
  });
});

describe("setAvatar", () => {
  test("setAvatar waits for the scan and then sets the avatar", async () => {
    storage.trouble = ({ path }, attempt) => {
      if (path.endsWith("get_download") && attempt === 3) {
        for (const file of stored()) file.state = "clean";
      }
      return undefined;
    };
    const data: unknown = await storage
      .client()
      .users.setAvatar(named("me.png", randomBytes(99)))
      .orThrow();
    const avatarFileId = stored()[0]?.fileId;
    expect(data).toEqual({ operation: "update_me", patch: { avatarFileId } });
    expect(storage.calls("get_download")).toHaveLength(3);
  });
});

describe("samples.add", () => {
  test("samples.add uploads a file", async () => {
    const file = named("a.pdf", randomBytes(9));
    const sample = { type: "file", name: "Guide", file } as const;
    const data: unknown = await storage.client().samples.add("p1", sample).orThrow();
    const fileId = stored()[0]?.fileId;
    const added = { projectId: "p1", type: "file", name: "Guide", fileId };
    expect(data).toEqual({ operation: "add_sample", ...added });
  });

  test("samples.add sends one request for a link, with its own idempotency key", async () => {
    const { samples } = storage.client();
    const link = { type: "link", name: "Guide", url: "https://a.test" } as const;
    await samples.add("p1", link).orThrow();
    await samples.add("p1", link).orThrow();
    const keys = storage.seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });
});
