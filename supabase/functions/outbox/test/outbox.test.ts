import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import type { Mail, QueuedMail } from "../mail.ts";
import { render } from "../templates.ts";
import { transportOf } from "../transports.ts";
import { drain } from "../worker.ts";

const link = "https://api.example/verify?token=a&b=c";
const queued = (id: string, recipient = `${id}@example.com`): QueuedMail => ({
  id,
  kind: "verify_email",
  recipient,
  payload: { name: "<b>Ada</b> & O'Brien", link },
  idempotencyKey: `verify_email:${id}`,
});

function queueOf(mails: QueuedMail[]) {
  const sent: string[] = [];
  const failed: [string, string][] = [];
  return {
    sent,
    failed,
    queue: {
      claim: async (limit: number) => mails.splice(0, limit),
      sent: async (id: string) => void sent.push(id),
      failed: async (id: string, reason: string) => void failed.push([id, reason]),
    },
  };
}

Deno.test("what people typed is escaped in HTML and plain in text", () => {
  const { subject, html, text } = render(queued("1"));
  assert.equal(subject, "Confirm your e-mail address");
  assert.ok(html.includes("&lt;b&gt;Ada&lt;/b&gt; &amp; O&#39;Brien"));
  assert.ok(!html.includes("<b>Ada"));
  assert.ok(html.includes('href="https://api.example/verify?token=a&amp;b=c"'));
  assert.ok(text.includes("<b>Ada</b> & O'Brien"));
  assert.ok(text.includes(link));
});

Deno.test("each of Auth's mails has its link, its token or its code", () => {
  const payload = { name: "Ada", link, code: "123456", token: "0f".repeat(28) };
  const holds: Record<string, readonly string[]> = {
    auth_recovery: [link, payload.token],
    auth_signup: [link, payload.code],
    auth_email_change: [link, payload.code],
    auth_magiclink: [link, payload.code],
    auth_invite: [link, payload.code],
    auth_reauthentication: [payload.code],
  };
  for (const [kind, parts] of Object.entries(holds)) {
    const { subject, html, text } = render({ kind, payload });
    assert.ok(subject.length > 0);
    for (const part of parts) {
      assert.ok(text.includes(part), `${kind}: text`);
      assert.ok(html.includes(part.replaceAll("&", "&amp;")), `${kind}: HTML`);
    }
    assert.ok(!html.includes("undefined") && !text.includes("undefined"), kind);
  }
});

const told = {
  recipientName: "Ada",
  title: "New Task Assigned\r\nBcc: everybody@example.com",
  message: "You've been assigned to 'Cut' in <Brand>",
  unsubscribeUrl: "https://api.example/notifications/unsubscribe?token=t.1",
};

Deno.test("each notification's mail says its sentence, and how to get no more of them", () => {
  const kinds = [
    "task_assigned",
    "deliverable_submitted",
    "deliverable_approved",
    "revision_requested",
    "review_received",
    "deadline_approaching",
    "message_received",
    "project_status_changed",
    "team_added",
    "mentioned",
    "task_unassigned",
    "file_rejected",
  ];
  for (const kind of kinds) {
    const { subject, html, text, headers } = render({ kind, payload: told });
    assert.ok(!/[\r\n]/.test(subject), `${kind}: a subject is one line`);
    assert.ok(text.includes(told.message) && html.includes("in &lt;Brand&gt;"), kind);
    assert.ok(text.includes(told.unsubscribeUrl) && html.includes(told.unsubscribeUrl), kind);
    assert.deepEqual(headers, {
      "List-Unsubscribe": `<${told.unsubscribeUrl}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
    assert.ok(!/undefined|null|NaN|Invalid/.test(html + text), kind);
  }
});

Deno.test("feedback is quoted as it was typed, and the revisions that are left are told", () => {
  const payload = {
    ...told,
    taskName: "Cut",
    projectName: "Brand",
    feedback: "Warmer <3\nand slower",
    revisionCount: 2,
  };
  const { html, text } = render({ kind: "revision_requested", payload });
  assert.ok(text.includes("> Warmer <3\n> and slower"));
  assert.ok(html.includes("Warmer &lt;3"));
  assert.ok(text.includes("Task: Cut (Brand)") && text.includes("One more revision is possible."));
});

Deno.test("without an address of ours there is no link that leads nowhere", () => {
  const payload = { ...told, unsubscribeUrl: null };
  const { text, headers } = render({ kind: "task_assigned", payload });
  assert.equal(headers, undefined);
  assert.ok(!text.includes("Stop mails"));
});

Deno.test("a link that runs code, or an unknown kind, is not rendered", () => {
  const { payload } = queued("1");
  const evil = { ...payload, link: "javascript:alert(1)" };
  assert.throws(() => render({ kind: "verify_email", payload: evil }), /not a web address/);
  assert.throws(() => render({ kind: "nothing", payload }), /no template/);
});

Deno.test("all that is due is sent; one failure stops nothing and names nobody", async () => {
  const mails = Array.from({ length: 45 }, (_, index) => queued(String(index)));
  const { queue, sent, failed } = queueOf(mails);
  const delivered: Mail[] = [];
  const outcome = await drain(
    queue,
    async (mail) => {
      if (mail.to === "7@example.com") throw new Error(`mailbox ${mail.to} is full`);
      delivered.push(mail);
    },
    "OnSwift <x@example.com>",
  );
  assert.deepEqual(outcome, { sent: 44, failed: 1 });
  assert.equal(sent.length, 44);
  assert.deepEqual(failed, [["7", "mailbox <recipient> is full"]]);
  assert.equal(delivered[0]?.idempotencyKey, "verify_email:0");
});

Deno.test("one wake-up does a bounded amount of work", async () => {
  const { queue } = queueOf(Array.from({ length: 1000 }, (_, index) => queued(String(index))));
  const { sent } = await drain(queue, async () => undefined, "x@example.com");
  assert.equal(sent, 100);
});

Deno.test("Resend where there is a key, else the capture, else a clear failure", async () => {
  const seen: Request[] = [];
  const send = async (input: string | URL | Request, init?: RequestInit) => {
    seen.push(new Request(input, init));
    return new Response("{}");
  };
  const mail = {
    ...render(queued("1")),
    from: "OnSwift <a@b.c>",
    to: "x@y.z",
    idempotencyKey: "k",
  };

  await transportOf(
    (name) => ({ RESEND_API_KEY: "re_1", MAIL_CAPTURE_URL: "http://m" })[name],
    send,
  )(mail);
  assert.equal(seen[0]?.url, "https://api.resend.com/emails");
  assert.equal(seen[0]?.headers.get("authorization"), "Bearer re_1");
  assert.equal(seen[0]?.headers.get("idempotency-key"), "k");
  const posted = await seen[0]?.json();
  assert.deepEqual(posted.to, ["x@y.z"]);

  await transportOf((name) => ({ MAIL_CAPTURE_URL: "http://mail.test/" })[name], send)(mail);
  assert.equal(seen[1]?.url, "http://mail.test/api/v1/send");
  const captured = await seen[1]?.json();
  assert.deepEqual(
    [captured.From, captured.To],
    [{ Name: "OnSwift", Email: "a@b.c" }, [{ Email: "x@y.z" }]],
  );

  await assert.rejects(transportOf(() => undefined, send)(mail), /No mail transport/);
  const refusing = async () => new Response("over quota", { status: 429 });
  await assert.rejects(
    transportOf(() => "key", refusing)(mail),
    /api.resend.com answered 429: over quota/,
  );
});

Deno.test("only the project's own key wakes it, and it answers before the work is done", async () => {
  const { queue } = queueOf([]);
  const works: Promise<unknown>[] = [];
  const app = createApp({
    queue,
    transport: async () => undefined,
    from: "x@example.com",
    secretKeys: ["sb_secret_right", "legacy"],
    background: (work) => void works.push(work),
    log: () => undefined,
  });
  const wake = (authorization?: string, method = "POST") =>
    app(
      new Request("http://x/outbox", { method, headers: authorization ? { authorization } : {} }),
    );

  for (const wrong of [undefined, "Bearer sb_secret_wrong", "Bearer ", "sb_secret_right"]) {
    assert.equal((await wake(wrong)).status, 401, String(wrong));
  }
  assert.equal((await wake("Bearer sb_secret_right", "GET")).status, 405);
  assert.equal(works.length, 0);
  assert.equal((await wake("Bearer sb_secret_right")).status, 202);
  assert.equal((await wake("Bearer legacy")).status, 202);
  assert.equal(works.length, 2);
  await Promise.all(works);
});
