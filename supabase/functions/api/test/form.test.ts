import assert from "node:assert/strict";
import { MemoryBudget } from "../http/memory-budget.ts";
import { accessToken, standIn } from "./stand-in.ts";
import { uploading } from "./storage-stand-in.ts";

const id = "11111111-1111-4111-8111-111111111111";
const fields = { projectId: id, taskId: id, title: "Logo" };
const png = (name = "logo.png", size = 3) =>
  new File([new Uint8Array(size).fill(1)], name, { type: "image/png" });

type Value = string | File;

function formOf(entries: readonly (readonly [string, Value])[]): FormData {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
}

async function refused(response: Response) {
  const { error } = await response.json();
  const details = (error.details ?? []) as { field: string }[];
  return [response.status, error.code, ...new Set(details.map(({ field }) => field))];
}

const bad = (...names: string[]) => [400, "VALIDATION_ERROR", ...names];

/** Sends a request that must be refused before the database or Storage is called. */
async function send(path: string, body: BodyInit, headers: Record<string, string> = {}) {
  const api = standIn();
  const authorization = `Bearer ${await accessToken()}`;
  const response = await api.send("POST", path, {
    headers: { authorization, ...headers },
    body,
  });
  assert.deepEqual(api.calls, []);
  return refused(response);
}

Deno.test("a form is passed to the database with its fields and the description of its files", async () => {
  const { submit, called } = uploading({ create_uploads: { uploads: [] }, submit_deliverable: {} });
  const entries = [
    ["title", png()],
    ["projectId", "1"],
    ["status", "approved"],
    ["files", "logo.png"],
    ["files[]", png()],
  ] as const;
  await submit("/deliverables", formOf(entries));
  const [{ input, args } = {}] = called("create_uploads");
  const expected = {
    uploadType: "deliverable",
    projectId: "1",
    files: ["logo.png", { fileName: "logo.png", fileSize: 3, mimeType: "image/png" }],
    fields: { title: {}, status: "approved" },
  };
  assert.deepEqual(JSON.parse(JSON.stringify(input)), expected);
  assert.deepEqual(JSON.parse(JSON.stringify(args)), expected);

  const sample = uploading({ create_uploads: { uploads: [] }, add_sample: {} });
  await sample.submit(
    `/projects/${id}/samples`,
    formOf([
      ["type", "link"],
      ["url", "https://x.example"],
    ]),
  );
  assert.deepEqual(sample.called("create_uploads")[0]?.input, {
    uploadType: "sample",
    projectId: id,
    files: [],
    fields: { type: "link", url: "https://x.example" },
  });
});

Deno.test("a field that is sent twice is refused by its name", async () => {
  const text = Object.entries(fields);
  const twice = [...text, ["title", "Again"], ["files", png()]] as const;
  assert.deepEqual(await send("/deliverables", formOf(twice)), bad("title"));
  const two = [
    ["avatar", png()],
    ["avatar", png()],
  ] as const;
  assert.deepEqual(await send("/users/me/avatar", formOf(two)), bad("avatar"));
});

Deno.test("the empty file input of a browser counts as no file", async () => {
  const { submit, called } = uploading({ create_uploads: { uploads: [] }, submit_deliverable: {} });
  await submit("/deliverables", formOf([["files", new File([], "")]]));
  const [{ input } = {}] = called("create_uploads");
  assert.deepEqual(input, { uploadType: "deliverable", files: [], fields: {} });
});

Deno.test("a body that is no valid form is refused as body", async () => {
  const form = "multipart/form-data";
  const part = (boundary: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n`;
  for (const [what, type, body] of [
    ["no boundary", form, part("b")],
    ["an odd boundary", `${form}; boundary="${"b".repeat(71)}"`, part("b")],
    ["a broken parameter", `${form}; boundary="b`, part("b")],
    ["another boundary", `${form}; boundary=c`, `${part("b")}--b--\r\n`],
    ["no end", `${form}; boundary=b`, part("b")],
    ["nothing", `${form}; boundary=b`, ""],
    ["JSON", `${form}; boundary=b`, "{}"],
    ["a part without a name", `${form}; boundary=b`, "--b\r\nx: y\r\n\r\nx\r\n--b--\r\n"],
    ["too many parts", `${form}; boundary=b`, `${part("b").repeat(65)}--b--\r\n`],
    ["a long header", `${form}; boundary=b`, `--b\r\nx: ${"y".repeat(5000)}\r\n\r\nx\r\n--b--\r\n`],
  ] as const) {
    assert.deepEqual(
      await send("/deliverables", body, { "content-type": type }),
      bad("body"),
      what,
    );
  }
});

Deno.test("other media types are 415, naming those that are accepted", async () => {
  for (const [path, type] of [
    ["/deliverables", "text/plain"],
    ["/deliverables", "multipart/mixed; boundary=b"],
    ["/users/me/avatar", "application/json"],
    ["/users/me/avatar", "image/png"],
    ["/upload/presigned-url", "multipart/form-data; boundary=b"],
  ] as const) {
    const answer = await send(path, "{}", { "content-type": type });
    assert.deepEqual(answer, [415, "UNSUPPORTED_MEDIA_TYPE"], `${path} ${type}`);
  }
});

Deno.test("a form over the limit is refused, whatever length it declares", async () => {
  const entries = (size: number) =>
    formOf([...Object.entries(fields), ["files", png("a.png", size)]]);
  const megabyte = 1024 * 1024;
  const { status, body } = await uploading().submit("/deliverables", entries(26 * megabyte));
  assert.deepEqual([status, body.error.code], [413, "PAYLOAD_TOO_LARGE"]);
  assert.match(body.error.message, /POST \/upload\/presigned-url/);
  // One byte more than allowed, in a body that is within the limit for the whole form.
  assert.deepEqual(await send("/deliverables", entries(25 * megabyte + 1)), [
    413,
    "PAYLOAD_TOO_LARGE",
  ]);

  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  const type = { "content-type": "multipart/form-data; boundary=b" };
  assert.deepEqual(await send("/deliverables", endless, type), [413, "PAYLOAD_TOO_LARGE"]);
  const avatar = formOf([["avatar", png("me.png", 5 * megabyte + 1)]]);
  assert.deepEqual(await send("/users/me/avatar", avatar), bad("avatar"));
});

const megabytes = (count: number) => count * 1024 * 1024;

Deno.test("requests wait for memory in their order, for a limited time", async () => {
  const budget = new MemoryBudget({ bytes: 10, share: 10, waitMs: 50 });
  const order: string[] = [];
  const take = async (name: string, bytes: number) => {
    const room = budget.open(name);
    await room.grow(bytes);
    room.complete();
    order.push(name);
    return room;
  };
  const first = await take("first", 6);
  const [second, third] = [take("second", 8), take("third", 2)];
  await Promise.resolve();
  assert.deepEqual(order, ["first"], "a smaller request does not overtake a larger one");
  first.close();
  first.close();
  (await second).close();
  await third;
  assert.deepEqual(order, ["first", "second", "third"]);

  const late = take("late", 9);
  const small = take("small", 8);
  await assert.rejects(late, { code: "SERVICE_UNAVAILABLE" });
  await small;
  await assert.rejects(take("none", 1), { code: "SERVICE_UNAVAILABLE" });
});

Deno.test("one owner has a share, and others do not wait for it", async () => {
  const budget = new MemoryBudget({ bytes: 10, share: 5, waitMs: 50 });
  const [one, two, other] = [budget.open("ada"), budget.open("ada"), budget.open("bo")];
  await one.grow(5);
  one.complete();
  const waiting = two.grow(1);
  await other.grow(5);
  await assert.rejects(waiting, { code: "SERVICE_UNAVAILABLE" });
});

Deno.test("a slow body ends when others wait, and only then", async () => {
  const budget = new MemoryBudget({ bytes: 10, share: 10, waitMs: 1000, arrivalMs: 30 });
  const [slow, idle, complete, next] = ["a", "b", "c", "d"].map((owner) => budget.open(owner));
  assert.ok(slow && idle && complete && next);
  await slow.grow(6);
  await complete.grow(4);
  complete.complete();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(slow.signal.aborted, false, "no other request waits");

  slow.signal.addEventListener("abort", () => slow.close());
  await next.grow(6);
  assert.deepEqual(
    [slow, idle, complete].map(({ signal }) => signal.aborted),
    [true, false, false],
    "a body without bytes holds nothing, and a complete one is in use",
  );
});

Deno.test("forms that declare much and send nothing keep no other form waiting", async () => {
  const api = standIn({ create_uploads: { uploads: [] }, submit_deliverable: {} });
  const authorization = `Bearer ${await accessToken()}`;
  const length = String(megabytes(25));
  const silent = Array.from({ length: 20 }, () => {
    const abort = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => abort.signal.addEventListener("abort", () => controller.error()),
    });
    const type = "multipart/form-data; boundary=b";
    const headers = { authorization, "content-type": type, "content-length": length };
    return { abort, answer: api.send("POST", "/deliverables", { headers, body }) };
  });
  const began = performance.now();
  const { submit } = uploading({ create_uploads: { uploads: [] }, submit_deliverable: {} });
  const answer = await submit("/deliverables", formOf([["files", png()]]));
  assert.ok(answer.status < 500, String(answer.status));
  assert.ok(performance.now() - began < 2000);
  for (const { abort } of silent) abort.abort();
  for (const { answer } of silent) assert.equal((await answer).status, 400);
});

Deno.test("file names have the characters that browsers and RFC 8187 write in another way", async () => {
  const names = {
    'filename="a %22cut%22.png"': 'a "cut".png',
    'filename="100%25 b%0D%0A.png"': "100%25 b\r\n.png",
    'filename="%E2%82%AC.png"': "%E2%82%AC.png",
    "filename*=UTF-8''%E2%82%AC%2522.png": "€%22.png",
    'filename="Über uns.png"': "Über uns.png",
    'filename="a\0b.png"': "ab.png",
  };
  for (const [written, fileName] of Object.entries(names)) {
    const { submit, called } = uploading({
      create_uploads: { uploads: [] },
      submit_deliverable: {},
    });
    const body = `--x\r\nContent-Disposition: form-data; name="files"; ${written}\r\nContent-Type: image/png\r\n\r\nabc\r\n--x--\r\n`;
    await submit("/deliverables", body, { "content-type": "multipart/form-data; boundary=x" });
    const [{ input } = { input: undefined }] = called("create_uploads");
    const [file] = (input as { files: { fileName: string }[] }).files;
    assert.equal(file?.fileName, fileName, written);
  }
});
