import { randomBytes } from "node:crypto";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OnSwift } from "../src/index.ts";
import { queriesOf } from "../src/queries.ts";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";
import { FakeStorage } from "./fake-storage.ts";

const signedIn = { session: { endsIn: 900 } };
const answer = { downloadUrl: "https://a.test/signed", expiresIn: 3600 };

describe("downloadUrl", () => {
  test("downloadUrl requests the URL from the REST API", async () => {
    const backend = new FakeBackend(() => json(answer));
    const { data } = await clientOf(backend, signedIn).files.downloadUrl("f/1");
    expect(data).toEqual(answer);
    const [{ method, path, headers } = {}] = backend.seen;
    expect([method, path]).toEqual(["GET", "/functions/v1/api/files/f%2F1/download-url"]);
    expect(headers?.get("authorization")).toMatch(/^Bearer ey/);
  });

  test("downloadUrl asks for an image of another size", async () => {
    const backend = new FakeBackend(() => json(answer));
    const { files } = clientOf(backend, signedIn);
    const image = { width: 40, height: undefined, resize: "contain" } as const;
    expect((await files.downloadUrl("f1", { image, timeoutMs: 5000 })).data).toEqual(answer);
    expect(backend.seen[0]?.path).toBe(
      "/functions/v1/api/files/f1/download-url?width=40&resize=contain",
    );
    const { error } = await files.downloadUrl("f1", { image: { depth: 1 } as never });
    expect(error?.details).toEqual([{ field: "depth", message: "depth cannot be set here." }]);
    expect(backend.seen).toHaveLength(1);
  });

  test("the query of downloadUrl asks for another size, under a key of its own", async () => {
    const backend = new FakeBackend(() => json(answer));
    const { downloadUrl } = queriesOf(clientOf(backend, signedIn)).files;
    const image = { width: 40 } as const;
    const client = new QueryClient();
    expect(await client.fetchQuery(downloadUrl("f1", { image }))).toEqual(answer);
    expect(await client.fetchQuery(downloadUrl("f1"))).toEqual(answer);
    const path = "/functions/v1/api/files/f1/download-url";
    expect(backend.seen.map((request) => request.path)).toEqual([`${path}?width=40`, path]);
    expect(downloadUrl("f1", { image }).queryKey.slice(2)).toEqual([
      "downloadUrl",
      "f1",
      { image },
    ]);
  });

  test("downloadUrl passes on the errors of the REST API", async () => {
    const error = { code: "SCAN_PENDING", message: "Not yet." };
    const backend = new FakeBackend(() => json({ error }, 409));
    const refused = await clientOf(backend, signedIn).files.downloadUrl("f1");
    expect(refused.error).toMatchObject({ ...error, status: 409, retryable: false });
    expect(backend.seen).toHaveLength(1);
  });

  test("downloadUrl is retried when the REST API is down", async () => {
    const error = { code: "SERVICE_UNAVAILABLE", message: "Down." };
    const backend = new FakeBackend((_, attempt) =>
      attempt === 1 ? json({ error }, 503) : json(answer),
    );
    expect((await clientOf(backend, signedIn).files.downloadUrl("f1")).data).toEqual(answer);
  });

  test("downloadUrl renews a token that the REST API rejects", async () => {
    const error = { code: "NOT_AUTHENTICATED", message: "Expired." };
    const renewed = { access_token: "new", refresh_token: "r", expires_in: 900, user: {} };
    const backend = new FakeBackend(({ path, headers }) => {
      if (path.startsWith("/auth/")) return json(renewed);
      return headers.get("authorization") === "Bearer new" ? json(answer) : json({ error }, 401);
    });
    expect((await clientOf(backend, signedIn).files.downloadUrl("f1")).data).toEqual(answer);
  });
});

describe("download", () => {
  const image = { width: 64 } as const;
  const place = { fileId: "f1", bucket: "deliverables", path: "p/a.png", fileName: "a.png" };
  const object = "/storage/v1/object/authenticated/deliverables/p/a.png";
  const smaller = "/storage/v1/render/image/authenticated/deliverables/p/a.png?width=64";
  const backendOf = (mimeType: string, rendered: Response) =>
    new FakeBackend(({ path }) => {
      if (path.startsWith("/rest/")) return json({ ...place, mimeType });
      return path === smaller ? rendered : new Response("original");
    });

  test.each([
    ["an image is downloaded smaller", "image/png", new Response("small"), "small", [smaller]],
    ["other files are not asked for smaller", "video/mp4", json({}), "original", [object]],
    [
      "the original follows where Storage transforms no images",
      "image/png",
      json({ statusCode: "403", error: "FeatureNotEnabled" }, 400),
      "original",
      [smaller, object],
    ],
    [
      "the original follows where this image cannot be transformed",
      "image/png",
      json({ message: "Invalid source image" }, 422),
      "original",
      [smaller, object],
    ],
  ])("%s", async (_, mimeType, rendered, text, paths) => {
    const backend = backendOf(mimeType, rendered);
    const { files } = clientOf(backend, signedIn);
    const download = await files.download("f1", { image }).orThrow();
    expect(await (await download.blob()).text()).toBe(text);
    expect(backend.seen.slice(1).map(({ path }) => path)).toEqual(paths);
  });

  test("a size that Storage refuses is an error", async () => {
    const backend = backendOf("image/png", json({ message: "width must be <= 2500" }, 400));
    const { error } = await clientOf(backend, signedIn).files.download("f1", { image });
    expect(error).toMatchObject({ status: 400, message: "width must be <= 2500" });
  });
});

describe("createUpload", () => {
  test("createUpload refuses unknown keys", async () => {
    const backend = new FakeBackend(() => json({}));
    const announced = {
      uploadType: "avatar",
      fileName: "a.png",
      fileSize: 1,
      mimeType: "image/png",
    };
    const { files } = clientOf(backend, signedIn);
    const { error } = await files.createUpload({ ...announced, path: "../x" } as never);
    expect(error?.details).toEqual([{ field: "path", message: "path cannot be set here." }]);
    expect(backend.seen).toHaveLength(0);
  });
});

describe("an uploaded file", () => {
  let storage: FakeStorage;
  let onswift: OnSwift;
  let fileId: string;
  const bytes = randomBytes(3_000_000);
  beforeEach(async () => {
    storage = new FakeStorage();
    await storage.listen();
    onswift = storage.client();
    const picture = { name: "a.png", data: new Uint8Array(bytes) };
    const { files } = await onswift.files.upload({ uploadType: "avatar" }, [picture]).orThrow();
    fileId = files[0]?.fileId ?? "";
  });
  afterEach(() => storage.close());
  const scanned = () => {
    for (const file of storage.places.values()) file.state = "clean";
  };

  test("waitUntilClean waits for the scan or until the time is up", async () => {
    const impatient = await onswift.files.waitUntilClean(fileId, { timeoutMs: 300 });
    expect(impatient.error?.code).toBe("TIMEOUT");
    setTimeout(scanned, 100);
    const { data } = await onswift.files.waitUntilClean(fileId);
    expect(data).toMatchObject({ fileId, fileName: "a.png" });
  });

  test("a clean file can be downloaded as a stream or as a Blob", async () => {
    expect((await onswift.files.download(fileId)).error?.code).toBe("SCAN_PENDING");
    scanned();
    const { body, fileSize } = await onswift.files.download(fileId).orThrow();
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    expect(fileSize).toBe(bytes.length);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    const whole = await (await onswift.files.download(fileId).orThrow()).blob();
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const [sent] = storage.requests("GET", "/storage/v1/object/authenticated/avatars/p%201/");
    expect(sent?.headers.authorization).toMatch(/^Bearer ey/);
  });

  test("a file that Storage does not return is an error", async () => {
    scanned();
    const gone = { statusCode: "404", code: "NoSuchKey", message: "Object not found" };
    storage.trouble = ({ method }) => (method === "GET" ? { status: 400, body: gone } : undefined);
    const { error } = await onswift.files.download(fileId);
    expect(error).toMatchObject({ code: "NOT_FOUND", status: 404, message: "Object not found" });
  });

  test("discard removes an unused file", async () => {
    expect(await onswift.files.discard([fileId])).toEqual({ data: null, error: null });
    expect(storage.places.get(fileId)?.state).toBe("discarded");
  });
});
