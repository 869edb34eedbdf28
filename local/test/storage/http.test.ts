/** Storage over HTTP: ranges, conditions, headers, invalid names and bodies, unsupported routes. */
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { beforeAll, describe, expect, test } from "vitest";
import { admin, apiUrl, publishableKey, secretKey } from "../contract/target.ts";
import { ask } from "../support/http.ts";
import { storageUrl } from "./support.ts";

const folder = randomUUID();
const path = `${folder}/abc.txt`;
const address = `${storageUrl}/object/public/open/${path}`;
const asService = { apikey: secretKey };
const get = (headers: Record<string, string> = {}, query = "", method = "GET") =>
  fetch(`${address}${query}`, { method, headers });
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

beforeAll(async () => {
  const options = { contentType: "text/plain", cacheControl: "77" };
  const { error } = await admin.storage.from("open").upload(path, "0123456789", options);
  if (error !== null) throw error;
});

describe("a download", () => {
  test("has headers that describe the object", async () => {
    const { status, headers } = await get();
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "max-age=77",
      "content-length": "10",
      "content-type": "text/plain",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      "last-modified": expect.stringMatching(/GMT$/),
      "x-robots-tag": "none",
      "x-content-type-options": "nosniff",
    });
    expect(headers.get("content-disposition")).toBeNull();
  });

  test("responds to HEAD with the same headers and no body", async () => {
    const head = await get({}, "", "HEAD");
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("10");
    expect(await head.text()).toBe("");
    const missing = await fetch(`${address}x`, { method: "HEAD" });
    expect(missing.status).toBe(400);
  });

  test.each([
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=3-5", 206, "345", "bytes 3-5/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=5-3", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ])("serves Range: %s", async (range, status, body, contentRange) => {
    const answer = await get({ range });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(body);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(String(body.length));
  });

  test.each(["bytes=10-", "bytes=99-100", "bytes=-0"])(
    "rejects Range: %s beyond the end",
    async (range) => {
      const answer = await get({ range });
      expect(answer.status).toBe(416);
      expect(answer.headers.get("content-range")).toBe("bytes */10");
      expect(await answer.json()).toMatchObject({ statusCode: "416", code: "InvalidRange" });
    },
  );

  test("responds with 304 to a client that has the current version", async () => {
    const { headers } = await get();
    const etag = headers.get("etag") ?? "";
    const modified = headers.get("last-modified") ?? "";
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      expect((await get({ "if-none-match": known })).status).toBe(304);
    }
    expect((await get({ "if-modified-since": modified })).status).toBe(304);
    expect((await get({ "if-none-match": '"x"', "if-modified-since": modified })).status).toBe(200);
    expect((await get({ "if-modified-since": new Date(0).toUTCString() })).status).toBe(200);
  });

  test("ignores Range if If-Range is another version", async () => {
    const etag = (await get()).headers.get("etag") ?? "";
    expect((await get({ range: "bytes=0-1", "if-range": etag })).status).toBe(206);
    expect((await get({ range: "bytes=0-1", "if-range": '"x"' })).status).toBe(200);
  });

  test("sets the file name of the download parameter", async () => {
    const disposition = async (query: string) =>
      (await get({}, query)).headers.get("content-disposition");
    expect(await disposition("?download")).toBe("attachment;");
    expect(await disposition(`?download=${encodeURIComponent('ü"\r\n.txt')}`)).toBe(
      "attachment; filename=%C3%BC%22%0D%0A.txt; filename*=UTF-8''%C3%BC%22%0D%0A.txt;",
    );
  });

  test("delivers HTML as plain text", async () => {
    const page = `${folder}/page.html`;
    await admin.storage.from("open").upload(page, "<script>", { contentType: "text/html" });
    const { headers } = await fetch(`${storageUrl}/object/public/open/${page}`);
    expect(headers.get("content-type")).toBe("text/plain");
  });

  test("has the stored content encoding", async () => {
    const name = `${folder}/encoded`;
    const options = { contentEncoding: "gzip", contentType: "text/plain" };
    const zipped = new Blob(["plain"]).stream().pipeThrough(new CompressionStream("gzip"));
    await admin.storage.from("open").upload(name, zipped, options);
    expect(await (await fetch(`${storageUrl}/object/public/open/${name}`)).text()).toBe("plain");
  });
});

describe("object names", () => {
  const upload = (name: string) =>
    ask(`${storageUrl}/object/own/${name}`, { method: "POST", headers: asService, body: "x" });

  test.each([
    "..%2f..%2fescaped",
    "a%2f..%2f..%2fescaped",
    "a/%2e%2e%2fescaped",
    "%2e%2e%2f",
    "a%5c..%5cescaped",
    "a%00b",
    "a%0ab",
    "%C3%BCber",
    "a%23b",
    "%f0%9f%92%a9",
    "a%7cb",
    "%ff",
    "",
    "x".repeat(1025),
  ])("rejects %s", async (name) => {
    const { status, json } = await upload(name);
    expect(status).toBe(400);
    expect(json).toMatchObject({ statusCode: "400", code: "InvalidKey" });
  });

  test("with dot segments cannot reach other paths", async () => {
    for (const name of ["../../../etc/passwd", "%2e%2e/%2e%2e/x", "a/../../other/x"]) {
      // Sent without fetch, which would resolve the dots itself.
      const path = `/storage/v1/object/own/${name}`;
      const status = await new Promise((resolve, reject) => {
        const { hostname, port } = new URL(apiUrl);
        request({ hostname, port, path, method: "POST", headers: asService }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .once("error", reject)
          .end("x");
      });
      expect([400, 501]).toContain(status);
    }
    for (const bucket of ["own", "open"]) {
      const { data } = await admin.storage.from(bucket).listV2({ prefix: "" });
      const names = data?.objects.map(({ name }) => name) ?? [];
      expect(names.filter((name) => /passwd|other/.test(name))).toEqual([]);
    }
  });

  test.each(["move", "copy"])("are also checked by %s", async (operation) => {
    const answer = await fetch(`${storageUrl}/object/${operation}`, {
      method: "POST",
      headers: asService,
      body: JSON.stringify({ bucketId: "own", sourceKey: "a", destinationKey: "../b" }),
    });
    expect(await codeOf(answer)).toBe("InvalidKey");
  });

  test("can have more than 700 characters", async () => {
    const name = `${folder}/${"long/".repeat(150)}name`;
    expect((await admin.storage.from("own").upload(name, "far away")).error).toBeNull();
    expect(await (await admin.storage.from("own").download(name)).data?.text()).toBe("far away");
  });

  test("with wildcard characters are searched as text", async () => {
    for (const name of ["100%", "a_b", "axb"]) {
      await admin.storage.from("operations").upload(`${folder}/${name.replace("%", "'")}`, "x");
    }
    const search = async (text: string) =>
      (await admin.storage.from("operations").list(folder, { search: text })).data?.map(
        ({ name }) => name,
      );
    expect(await search("a_")).toEqual(["a_b"]);
    expect(await search("%")).toEqual([]);
    expect(await search("100'")).toEqual(["100'"]);
  });
});

describe("request bodies", () => {
  const form = (parts: string, boundary = "xyz") =>
    ask(`${storageUrl}/object/own/${folder}/${randomUUID()}`, {
      method: "POST",
      headers: { ...asService, "content-type": `multipart/form-data; boundary=${boundary}` },
      body: parts,
    });
  const file = 'Content-Disposition: form-data; name="any"; filename="a"\r\n\r\n';

  test("can be a form with a named file field, as curl sends it", async () => {
    const answer = await form(`--xyz\r\n${file}bytes\r\n--xyz--\r\n`);
    expect(answer.status).toBe(200);
    const { Key, Id } = answer.json as { Key: string; Id: string };
    expect(Id).toMatch(/^[0-9a-f-]{36}$/);
    const { data } = await admin.storage.from("own").info(Key.replace("own/", ""));
    expect(data).toMatchObject({ size: 5, contentType: "application/octet-stream" });
    expect(data?.cacheControl).toBe("no-cache");
  });

  test.each([
    ["that is incomplete", `--xyz\r\n${file}byt`],
    ["without a file", '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--xyz--\r\n'],
    ["that is empty", ""],
    ["with another boundary", `--abc\r\n${file}bytes\r\n--abc--\r\n`],
    ["with headers without end", `--xyz\r\n${"x".repeat(20_000)}`],
  ])("reject a form %s and store nothing", async (_what, parts) => {
    const before = (await admin.storage.from("own").list(folder)).data?.length;
    const { status, json } = await form(parts);
    expect(status).toBe(400);
    expect(["InvalidRequest", "EntityTooLarge"]).toContain(json.code);
    expect((await admin.storage.from("own").list(folder)).data?.length).toBe(before);
  });

  test("are rejected if they are not valid JSON or do not match the route", async () => {
    const post = (route: string, body: string) =>
      fetch(`${storageUrl}${route}`, { method: "POST", headers: asService, body });
    for (const [route, body] of [
      ["/object/list/own", "{"],
      ["/object/list/own", "[]"],
      ["/object/list/own", "{}"],
      ["/object/list/own", '{"prefix":1}'],
      ["/object/list/own", '{"prefix":"","limit":-1}'],
      ["/object/list/own", '{"prefix":"","sortBy":{"column":"metadata"}}'],
      ["/object/list-v2/own", '{"cursor":"%%%"}'],
      ["/object/sign/own", '{"expiresIn":60,"paths":[]}'],
      ["/object/sign/own/a", "{}"],
      ["/object/move", '{"bucketId":"own"}'],
      ["/bucket", '{"name":5}'],
    ] as const) {
      const answer = await post(route, body);
      expect(answer.status, `${route} ${body}`).toBe(400);
      expect(await codeOf(answer), `${route} ${body}`).toBe("InvalidRequest");
    }
  });
});

describe("other routes", () => {
  test.each([
    ["GET", "/s3/bucket/key"],
    ["POST", "/iceberg/bucket"],
    ["POST", "/vector/CreateVectorBucket"],
    ["GET", "/bucket/own/lifecycle"],
    ["GET", "/object/public/open/x?versionId=1"],
    ["GET", "/upload/resumable/00000000-0000-4000-8000-000000000000"],
  ])("responds with 501 to %s %s", async (method, route) => {
    const answer = await fetch(`${storageUrl}${route}`, { method, headers: asService });
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({
      statusCode: "501",
      code: "NotImplemented",
      error: "not_implemented",
      message: expect.stringMatching(/^The embedded Storage does not support .*\.$/),
    });
  });

  test("allow purging the cache only with the service role", async () => {
    expect((await admin.storage.from("open").purgeCache(path)).error).toBeNull();
    const answer = await fetch(`${storageUrl}/cdn/open/${path}`, {
      method: "DELETE",
      headers: { apikey: publishableKey },
    });
    expect(await codeOf(answer)).toBe("AccessDenied");
  });

  test("allow browsers of other origins to send uploads and read the response headers", async () => {
    const preflight = await fetch(`${apiUrl}/storage/v1/upload/resumable`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "tus-resumable,upload-offset,x-upsert,authorization",
      },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("upload-offset");
    const exposed = (await get({ origin: "https://app.example" })).headers
      .get("access-control-expose-headers")
      ?.toLowerCase();
    for (const name of ["location", "upload-offset", "upload-length", "tus-resumable", "etag"]) {
      expect(exposed?.split(",")).toContain(name);
    }
  });
});
