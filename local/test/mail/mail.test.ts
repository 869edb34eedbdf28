/** The mail capture: Mailpit's API, the inbox page and storage on disk. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MailCapture } from "../../src/mail/mail.ts";
import { capacity } from "../../src/mail/store.ts";
import { scratchSettings } from "../support/settings.ts";

let dataDir: string;
let mail: MailCapture;
let base: string;

async function start(): Promise<void> {
  const settings = await scratchSettings({ dataDir });
  base = settings.mailUrl;
  mail = new MailCapture(settings);
  await mail.start();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mail-"));
  await start();
});

afterEach(async () => {
  await mail.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const ada = { Email: "ada@example.com", Name: "Ada" };
const letter = { From: { Email: "team@example.com", Name: "Team" }, To: [ada], Subject: "Hello" };

async function send(fields: object = {}): Promise<string> {
  const response = await call("POST", "/api/v1/send", { ...letter, ...fields });
  expect(response.status).toBe(200);
  return ((await response.json()) as { ID: string }).ID;
}

const call = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(base + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what these tests are about.
const json = async (path: string): Promise<any> => (await call("GET", path)).json();

const subjects = async (path: string): Promise<string[]> =>
  (await json(path)).messages.map((one: { Subject: string }) => one.Subject);

describe("messages", () => {
  test("returns an empty page when there are no emails", async () => {
    expect(await json("/api/v1/messages")).toEqual({
      total: 0,
      unread: 0,
      count: 0,
      messages_count: 0,
      messages_unread: 0,
      start: 0,
      tags: [],
      messages: [],
    });
    expect((await call("GET", "/api/v1/message/latest")).status).toBe(404);
  });

  test("lists emails in pages, newest first", async () => {
    for (const Subject of ["one", "two", "three"]) await send({ Subject });
    expect(await subjects("/api/v1/messages")).toEqual(["three", "two", "one"]);
    const page = await json("/api/v1/messages?start=1&limit=1");
    expect(page).toMatchObject({ total: 3, unread: 3, count: 1, messages_count: 3, start: 1 });
    expect(page.messages[0].Subject).toBe("two");
    expect((await json("/api/v1/messages?start=9")).messages).toEqual([]);
    expect((await json("/api/v1/messages?limit=nonsense")).count).toBe(3);
  });

  test("returns summaries with Mailpit's fields", async () => {
    const id = await send({
      Cc: [{ Email: "cc@example.com" }],
      Bcc: ["bcc@example.com"],
      ReplyTo: [{ Email: "reply@example.com", Name: "Re" }],
      HTML: "<style>p{color:red}</style><p>Hello &amp; welcome</p>",
      Tags: ["welcome"],
    });
    const [summary] = (await json("/api/v1/messages")).messages;
    expect(summary).toEqual({
      ID: id,
      MessageID: expect.stringContaining("@"),
      Read: false,
      From: { Name: "Team", Address: "team@example.com" },
      To: [{ Name: "Ada", Address: "ada@example.com" }],
      Cc: [{ Name: "", Address: "cc@example.com" }],
      Bcc: [{ Name: "", Address: "bcc@example.com" }],
      ReplyTo: [{ Name: "Re", Address: "reply@example.com" }],
      Subject: "Hello",
      Created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      Size: expect.any(Number),
      Attachments: 0,
      Snippet: "Hello & welcome",
      Tags: ["welcome"],
    });
  });

  test("returns a message with its parts and marks it as read", async () => {
    const id = await send({ HTML: "<p>Hi</p>", Text: "Hi" });
    const message = await json(`/api/v1/message/${id}`);
    expect(message).toMatchObject({
      ID: id,
      From: { Address: "team@example.com" },
      To: [{ Address: "ada@example.com" }],
      Subject: "Hello",
      HTML: "<p>Hi</p>",
      Text: "Hi",
      ReturnPath: "team@example.com",
      Attachments: [],
    });
    expect(Number.isNaN(Date.parse(message.Date))).toBe(false);
    expect(message.Size).toBe(
      Buffer.byteLength(await (await call("GET", `/api/v1/message/${id}/raw`)).text()),
    );
    expect((await json("/api/v1/messages")).unread).toBe(0);
    expect((await json("/api/v1/message/latest")).ID).toBe(id);
  });

  test("returns all headers as lists, including custom ones", async () => {
    const id = await send({ Headers: { "X-Kind": "recovery" }, Text: "Hi" });
    expect(await json(`/api/v1/message/${id}/headers`)).toMatchObject({
      From: ['"Team" <team@example.com>'],
      To: ['"Ada" <ada@example.com>'],
      Subject: ["Hello"],
      "X-Kind": ["recovery"],
      "Content-Type": ["text/plain; charset=utf-8"],
    });
  });

  test("sets the read state of some or all emails", async () => {
    const [first] = [await send(), await send()];
    await call("PUT", "/api/v1/messages", { IDs: [first], Read: true });
    expect((await json("/api/v1/messages")).unread).toBe(1);
    await call("PUT", "/api/v1/messages", { Read: true });
    expect((await json("/api/v1/messages")).unread).toBe(0);
    await call("PUT", "/api/v1/messages", { IDs: [first], Read: false });
    expect((await json("/api/v1/messages")).unread).toBe(1);
  });

  test("deletes some or all emails", async () => {
    const ids = [await send(), await send(), await send()];
    expect((await call("DELETE", "/api/v1/messages", { IDs: ids.slice(0, 1) })).status).toBe(200);
    expect((await json("/api/v1/messages")).total).toBe(2);
    expect((await call("GET", `/api/v1/message/${ids[0]}`)).status).toBe(404);
    await call("DELETE", "/api/v1/messages");
    expect((await json("/api/v1/messages")).total).toBe(0);
    expect(await readdir(join(dataDir, "mail"))).toEqual([]);
  });

  test("returns attachments unchanged, as downloads", async () => {
    const bytes = Buffer.from([0, 1, 2, 253, 254, 255]);
    const id = await send({
      Attachments: [
        { Content: bytes.toString("base64"), Filename: "ä.bin", ContentType: "text/html" },
      ],
    });
    const { Attachments } = await json(`/api/v1/message/${id}`);
    expect(Attachments).toEqual([
      { PartID: "1", FileName: "ä.bin", ContentType: "text/html", ContentID: "", Size: 6 },
    ]);
    const part = await call("GET", `/api/v1/message/${id}/part/1`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes);
    expect(part.headers.get("content-type")).toBe("application/octet-stream");
    expect(part.headers.get("content-disposition")).toContain("attachment");
    expect((await call("GET", `/api/v1/message/${id}/part/2`)).status).toBe(404);
  });
});

describe("search", () => {
  beforeEach(async () => {
    await send({ Subject: "Reset your password", Text: "Follow the link" });
    await send({ To: [{ Email: "bob@example.com", Name: "Bob" }], Text: "Lunch at noon" });
  });

  test.each([
    ["to:ada@example.com", ["Reset your password"]],
    ["to:bob", ["Hello"]],
    ["from:team", ["Hello", "Reset your password"]],
    ['subject:"your password"', ["Reset your password"]],
    ["LUNCH", ["Hello"]],
    ["noon follow", []],
    ["-to:bob from:team", ["Reset your password"]],
    ["is:read", []],
    ["is:unread addressed:ada", ["Reset your password"]],
    ["has:attachment", []],
    ["nobody:here", []],
  ])("finds the emails for %j", async (query, expected) => {
    expect(await subjects(`/api/v1/search?query=${encodeURIComponent(query)}`)).toEqual(expected);
  });

  test("rejects an empty query, and deletes matching emails", async () => {
    const refused = await call("GET", "/api/v1/search");
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({ Error: expect.any(String) });
    await call("DELETE", "/api/v1/search?query=to:bob");
    expect(await subjects("/api/v1/messages")).toEqual(["Reset your password"]);
  });
});

describe("sending", () => {
  test.each([
    ["a message without a sender", { From: undefined }],
    ["an invalid address", { To: [{ Email: "nobody" }] }],
    ["a line break in the subject", { Subject: "a\r\nBcc: x@example.com" }],
    ["a line break in a header", { Headers: { "X-A": "1\nX-B: 2" } }],
    ["a header without a name", { Headers: { "": "1" } }],
  ])("rejects %s", async (_what, fields) => {
    const response = await call("POST", "/api/v1/send", { ...letter, ...fields });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ Error: expect.any(String) });
    expect((await json("/api/v1/messages")).total).toBe(0);
  });

  test("rejects bodies that are not JSON or too large", async () => {
    const broken = await fetch(`${base}/api/v1/send`, { method: "POST", body: "{" });
    expect(broken.status).toBe(400);
    const huge = await call("POST", "/api/v1/send", { ...letter, Text: "x".repeat(11 << 20) });
    expect(huge.status).toBe(413);
  });

  test("responds to unknown paths and ids with Mailpit's error format", async () => {
    for (const path of [
      "/nothing",
      "/api/v1/nothing",
      "/api/v1/message/nobody",
      "/view/none.html",
    ]) {
      const response = await call("GET", path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ Error: expect.any(String) });
    }
  });
});

describe("the inbox page", () => {
  test("has a content security policy with a new nonce per response", async () => {
    const [one, two] = [await call("GET", "/"), await call("GET", "/")];
    const policy = one.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await one.text()).toContain(`<script nonce="${nonce}"`);
    expect(two.headers.get("content-security-policy")).not.toBe(policy);
  });

  test("shows the HTML of an email sandboxed, with links that open a new window", async () => {
    const id = await send({ HTML: "<html><head><title>x</title></head><script>1</script></html>" });
    const view = await call("GET", `/view/${id}.html`);
    const policy = view.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^sandbox /);
    expect(policy).not.toContain("allow-scripts");
    expect(policy).toContain("default-src 'none'");
    expect(await view.text()).toContain('<head><base target="_blank">');
  });

  test("shows an email without HTML as escaped text", async () => {
    const id = await send({ Text: "1 < 2 & <script>" });
    expect(await (await call("GET", `/view/${id}.html`)).text()).toContain(
      "1 &lt; 2 &amp; &lt;script&gt;",
    );
    expect(await (await call("GET", `/view/${id}.txt`)).text()).toBe("1 < 2 & <script>");
  });
});

describe("requests from other web pages", () => {
  test("are rejected by origin and by host name", async () => {
    expect(await statusWith({ origin: "https://evil.example" })).toBe(403);
    expect(await statusWith({ host: "evil.example" })).toBe(403);
    expect(await statusWith({ origin: base })).toBe(200);
    expect(await statusWith({ host: new URL(base).host.replace("127.0.0.1", "localhost") })).toBe(
      200,
    );
  });

  // fetch does not allow setting the Host header.
  const statusWith = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request(`${base}/api/v1/messages`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
});

describe("storage", () => {
  test("keeps emails, their order and read state across a restart", async () => {
    const first = await send({ Subject: "first" });
    await send({ Subject: "second" });
    await json(`/api/v1/message/${first}`);
    await mail.stop();
    await writeFile(join(dataDir, "mail", "half.json.draft"), "{");

    await start();

    await send({ Subject: "third" });
    const { messages } = await json("/api/v1/messages");
    expect(messages.map((one: { Subject: string }) => one.Subject)).toEqual([
      "third",
      "second",
      "first",
    ]);
    expect(messages[2].Read).toBe(true);
    expect(await readdir(join(dataDir, "mail"))).toHaveLength(3);
  });

  test("keeps all concurrently sent emails, up to the newest 500", async () => {
    await Promise.all(Array.from({ length: 50 }, () => send()));
    expect((await json("/api/v1/messages")).total).toBe(50);
    for (let sent = 50; sent < capacity + 5; sent += 1) await send({ Subject: String(sent) });
    const page = await json("/api/v1/messages?limit=1");
    expect(page.total).toBe(capacity);
    expect(page.messages[0].Subject).toBe(String(capacity + 4));
    expect(await readdir(join(dataDir, "mail"))).toHaveLength(capacity);
  });
});

test("names the --mail-port option when the port is in use", async () => {
  const settings = await scratchSettings({ dataDir });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(settings.ports.mail, "127.0.0.1", resolve));
  const second = new MailCapture(settings);
  await expect(second.start()).rejects.toThrow("--mail-port");
  await second.stop();
  other.close();
});
