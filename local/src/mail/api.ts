import { Hono } from "hono";
import { z } from "zod";
import { compose, type Mail, sendSchema } from "./message.ts";
import { mailHeaders, rawMail, sizeOf } from "./mime.ts";
import { search } from "./search.ts";
import type { Entry, MailStore } from "./store.ts";

const ids = z.array(z.string()).nullish();
const deleteSchema = z.object({ IDs: ids });
const markSchema = z.object({
  Read: z.boolean().default(false),
  IDs: ids,
  Search: z.string().nullish(),
});

/** An error response in Mailpit's format, `{"Error": "…"}`. */
export class MailApiError extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

/** Creates the part of Mailpit's message API that tests and tools use. Mounted under `/api/v1`. */
export function messageApi(store: MailStore): Hono {
  const api = new Hono();

  api.get("/messages", (c) => c.json(page(store, store.list(), c.req.query())));

  api.delete("/messages", async (c) => {
    const { IDs } = await readBody(c.req.raw, deleteSchema);
    await store.remove(nonEmpty(IDs));
    return c.text("ok");
  });

  api.put("/messages", async (c) => {
    const { Read, IDs, Search } = await readBody(c.req.raw, markSchema);
    const found = Search ? (await search(store, Search)).map((entry) => entry.mail.ID) : undefined;
    await store.mark(Read, nonEmpty(IDs) ?? found);
    return c.text("ok");
  });

  api.get("/search", async (c) => {
    const found = await search(store, requireQuery(c.req.query("query")));
    return c.json(page(store, found, c.req.query()));
  });

  api.delete("/search", async (c) => {
    const found = await search(store, requireQuery(c.req.query("query")));
    await store.remove(found.map((entry) => entry.mail.ID));
    return c.text("ok");
  });

  api.get("/message/:id", async (c) => {
    const mail = await requireMail(store, c.req.param("id"));
    await store.mark(true, [mail.ID]);
    return c.json(mailJson(mail));
  });

  api.get("/message/:id/headers", async (c) =>
    c.json(mailHeaders(await requireMail(store, c.req.param("id")))),
  );

  api.get("/message/:id/raw", async (c) =>
    c.text(rawMail(await requireMail(store, c.req.param("id")))),
  );

  api.get("/message/:id/part/:part", async (c) => {
    const mail = await requireMail(store, c.req.param("id"));
    const index = mail.Attachments.findIndex(
      (attachment) => attachment.PartID === c.req.param("part"),
    );
    const part = mail.Attachments[index];
    if (part === undefined) throw new MailApiError(404, "Part not found");
    // Always a download: an attached file must not run as a page of the inbox's origin.
    return c.body(Buffer.from(mail.contents[index] ?? "", "base64"), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=utf-8''${encodeURIComponent(part.FileName)}`,
    });
  });

  api.post("/send", async (c) => {
    const mail = compose(await readBody(c.req.raw, sendSchema));
    await store.add(mail);
    return c.json({ ID: mail.ID });
  });

  return api;
}

function page(store: MailStore, found: readonly Entry[], query: Record<string, string>): object {
  const start = integer(query.start, 0);
  const shown = found.slice(start, start + integer(query.limit, 50));
  const unread = (entries: readonly Entry[]) => entries.filter((entry) => !entry.mail.Read).length;
  return {
    total: store.list().length,
    unread: unread(store.list()),
    count: shown.length,
    messages_count: found.length,
    messages_unread: unread(found),
    start,
    tags: [...new Set(store.list().flatMap((entry) => entry.mail.Tags))].sort(),
    messages: shown.map(summaryJson),
  };
}

function summaryJson({ mail, size, snippet }: Entry): object {
  const { Date: Created, Attachments, ...rest } = mail;
  return { ...rest, Created, Size: size, Attachments: Attachments.length, Snippet: snippet };
}

function mailJson(mail: Mail): object {
  const { Read: _read, Headers: _headers, contents: _contents, ...shown } = mail;
  return { ...shown, ReturnPath: mail.From.Address, Inline: [], Size: sizeOf(mail) };
}

async function requireMail(store: MailStore, id: string): Promise<Mail> {
  const mail = await store.find(id);
  if (mail === undefined) throw new MailApiError(404, "Message not found");
  return mail;
}

function requireQuery(text: string | undefined): string {
  if (!text?.trim()) throw new MailApiError(400, "No search query");
  return text;
}

async function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.infer<T>> {
  const text = await request.text();
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new MailApiError(400, "The body is not valid JSON");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MailApiError(400, `${issue?.path.join(".") || "body"}: ${issue?.message}`);
}

/** As in Mailpit, both no list and an empty list select all emails. */
const nonEmpty = (list: readonly string[] | null | undefined): readonly string[] | undefined =>
  list && list.length > 0 ? list : undefined;

const integer = (text: string | undefined, fallback: number): number =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : fallback;
