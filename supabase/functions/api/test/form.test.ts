import assert from "node:assert/strict";
import { Room } from "../http/room.ts";
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

/** Sends to the surface what must be refused before anything is asked of database or Storage. */
async function send(path: string, body: BodyInit, headers: Record<string, string> = {}) {
  const surface = standIn();
  const authorization = `Bearer ${await accessToken()}`;
  const response = await surface.send("POST", path, {
    headers: { authorization, ...headers },
    body,
  });
  // At most the database was asked whether such an account may do this at all.
  const told = surface.calls.filter(({ args }) => "title" in args || "files" in args);
  assert.deepEqual(told, []);
  return refused(response);
}

Deno.test("a form is refused with every bad field by its name", async () => {
  const text = Object.entries(fields);
  const cases: [string, readonly (readonly [string, Value])[], unknown[]][] = [
    ["no files", text, bad("files")],
    ["text where a file belongs", [...text, ["files", "logo.png"]], bad("files[0]")],
    [
      "a file where text belongs",
      [["title", png()], ...text.slice(0, 2), ["files", png()]],
      bad("title"),
    ],
    ["a field twice", [...text, ["title", "Again"], ["files", png()]], bad("title")],
    ["an unknown field", [...text, ["files", png()], ["status", "approved"]], bad("status")],
    ["an unknown list", [...text, ["files", png()], ["titles[]", "x"]], bad("titles[]")],
    [
      "no id",
      [
        ["projectId", "1"],
        ["files[]", png()],
      ],
      bad("projectId", "taskId", "title"),
    ],
    ["eleven files", [...text, ...Array(11).fill(["files[]", png()])], bad("files")],
    ["an empty input", [...text, ["files", new File([], "")]], bad("files")],
  ];
  for (const [what, entries, expected] of cases) {
    assert.deepEqual(await send("/deliverables", formOf(entries)), expected, what);
  }
  assert.deepEqual(
    await send(
      `/projects/${id}/samples`,
      formOf([
        ["name", "x"],
        ["type", "link"],
        ["url", "https://x.example"],
      ]),
    ),
    bad("type", "file", "url"),
  );
  assert.deepEqual(
    await send("/users/me/avatar", formOf([["picture", png()]])),
    bad("avatar", "picture"),
  );
});

Deno.test("a body that is no form says so", async () => {
  const form = "multipart/form-data";
  const part = (boundary: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n`;
  for (const [what, type, body] of [
    ["no boundary", form, part("b")],
    ["an odd boundary", `${form}; boundary="${"b".repeat(71)}"`, part("b")],
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

Deno.test("other types of content are 415, and name those that are taken", async () => {
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
  // One byte more than is allowed, among little else.
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

Deno.test("who finds no room waits their turn, and not for ever", async () => {
  const room = new Room(10, 50);
  const order: string[] = [];
  const take = (name: string, bytes: number) =>
    room.take(bytes).then((release) => {
      order.push(name);
      return release;
    });
  const first = await take("first", 6);
  const [second, third] = [take("second", 8), take("third", 2)];
  await Promise.resolve();
  assert.deepEqual(order, ["first"], "nobody overtakes, small as they are");
  first();
  first();
  (await second)();
  await third;
  assert.deepEqual(order, ["first", "second", "third"]);

  const late = take("late", 9);
  const small = take("small", 8);
  await assert.rejects(late, { code: "SERVICE_UNAVAILABLE" });
  await small;
  await assert.rejects(take("none", 1), { code: "SERVICE_UNAVAILABLE" });
});
