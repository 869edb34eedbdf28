import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import type { Mail, QueuedMail } from "../mail.ts";
import { render } from "../templates.ts";
import { createTransport } from "../transports.ts";
import { drain } from "../worker.ts";
import { contrasts } from "./contrast.ts";

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

Deno.test("text that users typed is escaped in the HTML body and plain in the text body", () => {
  const { subject, html, text } = render(queued("1"));
  assert.equal(subject, "Confirm your email address");
  assert.ok(html.includes("&lt;b&gt;Ada&lt;/b&gt; &amp; O&#39;Brien"));
  assert.ok(!html.includes("<b>Ada"));
  assert.ok(html.includes('href="https://api.example/verify?token=a&amp;b=c"'));
  assert.ok(text.includes("<b>Ada</b> & O'Brien"));
  assert.ok(text.includes(link));
});

Deno.test("each mail about the account has its link and token", () => {
  const payload = { name: "Ada", link, token: "0f".repeat(32) };
  const holds: Record<string, readonly string[]> = {
    auth_recovery: [link, payload.token],
    auth_invite: [link, payload.token],
    confirm_new_email: [link],
    password_changed: ["reset"],
    email_changed: ["contact us"],
    factor_added: ["contact us"],
    factor_removed: ["reset"],
    factor_failed: ["reset"],
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

Deno.test("a reset mail without a known app has the token alone", () => {
  const payload = { name: "Ada", token: "0f".repeat(32) };
  const { html, text } = render({ kind: "auth_recovery", payload });
  assert.ok(text.includes(payload.token) && !html.includes("href="));
});

const notified = {
  recipientName: "Ada",
  title: "New Task Assigned\r\nBcc: everybody@example.com",
  message: "You've been assigned to 'Cut' in <Brand>",
  unsubscribeUrl: "https://api.example/notifications/unsubscribe?token=t.1",
};

Deno.test("each notification mail contains its message and an unsubscribe link", () => {
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
    const { subject, html, text, headers } = render({ kind, payload: notified });
    assert.ok(!/[\r\n]/.test(subject), `${kind}: a subject is one line`);
    assert.ok(text.includes(notified.message) && html.includes("in &lt;Brand&gt;"), kind);
    assert.ok(
      text.includes(notified.unsubscribeUrl) && html.includes(notified.unsubscribeUrl),
      kind,
    );
    assert.deepEqual(headers, {
      "List-Unsubscribe": `<${notified.unsubscribeUrl}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
    assert.ok(!/undefined|null|NaN|Invalid/.test(html + text), kind);
  }
});

Deno.test("the mail about a rejected file says to each recipient what they can do", () => {
  const textFor = (details: object) =>
    render({ kind: "file_rejected", payload: { ...notified, ...details } }).text;
  assert.match(textFor({ isUploader: true }), /Please upload another file instead\./);
  const deliverable = { deliverableTitle: "Rough cut", version: 2 };
  assert.match(textFor({ isUploader: true, ...deliverable }), /uses up no revision/);
  const creator = textFor({ isUploader: false, ...deliverable });
  assert.match(creator, /The submitter was notified as well/);
  assert.match(creator, /submitted to one of your projects/);
});

Deno.test("subjects name the person and the thing, and the button leads to it", () => {
  const payload = {
    ...notified,
    title: "Some Title",
    actorName: "Cleo",
    projectName: "Film",
    taskName: "Cut",
    deliverableTitle: "Rough cut",
    fileName: "cut_final",
    dueDate: "2026-12-31",
    taskId: "t1",
    entityType: "deliverable",
    appUrl: "https://app.example/deliverables/d1",
  };
  const subjects: Record<string, string> = {
    task_assigned: "Cleo assigned you 'Cut' (Film)",
    deliverable_submitted: "Cleo submitted 'Rough cut' (Film)",
    deliverable_approved: "Cleo approved 'Rough cut' (Film)",
    revision_requested: "Cleo requests a revision of 'Rough cut' (Film)",
    review_received: "Cleo reviewed your work on Film",
    deadline_approaching: "'Cut' is due on Thursday 31 December 2026 (Film)",
    team_added: "Cleo added you to the team of Film",
    mentioned: "Cleo mentioned you in 'Rough cut' (Film)",
    task_unassigned: "Cleo left the team of Film",
    file_rejected: "'cut_final' was rejected",
  };
  for (const [kind, expected] of Object.entries(subjects)) {
    const { subject, html, text, headers } = render({ kind, payload });
    assert.equal(subject.replace("Thursday, ", "Thursday "), expected);
    assert.ok(
      html.includes(`href="${payload.appUrl}"`) && html.includes("Open the deliverable"),
      kind,
    );
    assert.ok(text.includes(payload.appUrl), kind);
    assert.equal(headers?.References, "<t1@onswift>");
  }
});

Deno.test("a merged mail lists its sentences", () => {
  const items = Array.from({ length: 20 }, (_, index) => `Sentence ${index}`);
  const payload = { ...notified, actorName: "Cleo", taskName: "Cut", items, itemCount: 150 };
  const { subject, text, html } = render({ kind: "task_assigned", payload });
  assert.equal(subject, "Cleo assigned you 'Cut' and 149 more");
  for (const item of items) assert.ok(text.includes(item) && html.includes(item));
  assert.ok(text.includes("… and 130 more."));
});

Deno.test("names contain nothing that mail programs link", () => {
  for (const name of [
    "Visit https://evil.example/now",
    "www.evil.example",
    "evil.io wins",
    "me@evil.example",
    "evil。example",
    "пример.рф",
    "उदाहरण.भारत",
    "i❤️.ws",
  ]) {
    const payload = { ...notified, recipientName: name, message: name, title: name };
    const { subject, html, text } = render({ kind: "task_assigned", payload });
    for (const part of [
      subject,
      text,
      html.replaceAll(/href="[^"]*"|https:\/\/api\.example\S*/g, ""),
    ]) {
      assert.doesNotMatch(part, /evil[.。]|пример\.|उदाहरण\.|❤️\.|\w@\w|https:\/\/evil/u, name);
    }
    assert.ok(subject.includes("[.]") || subject.includes("[:]") || subject.includes("[@]"), name);
  }
  const plain = { ...notified, recipientName: "J. R. R. Tolkien, Jr." };
  assert.ok(render({ kind: "task_assigned", payload: plain }).text.includes(plain.recipientName));
});

Deno.test("feedback is quoted as it was typed, with the number of revisions left", () => {
  const payload = {
    ...notified,
    taskName: "Cut",
    projectName: "Brand",
    feedback: "Warmer <3\nand slower",
    revisionCount: 2,
  };
  const { html, text } = render({ kind: "revision_requested", payload });
  assert.ok(text.includes("> Warmer <3\n> and slower"));
  // Outlook ignores styles that keep line breaks.
  assert.ok(html.includes("Warmer &lt;3<br>and slower"));
  assert.ok(!html.includes("white-space"));
  assert.ok(text.includes("Task: Cut (Brand)") && text.includes("1 more revision is possible."));
});

Deno.test("a mail loads nothing, has links for Outlook's buttons, and stays far from Gmail's limit", () => {
  const payload = {
    ...notified,
    items: Array.from({ length: 20 }, () => "x".repeat(300)),
    itemCount: 20,
    appUrl: "https://app.example/tasks/t1",
  };
  const { html } = render({ kind: "task_assigned", payload });
  assert.doesNotMatch(html, /<(link|img|script|iframe)\b|@import|url\(|\ssrc=/i);
  assert.match(
    html,
    /<td[^>]*style="[^"]*mso-padding-alt:12px 24px[^"]*"[^>]*><a href="https:\/\/app/,
  );
  // Gmail cuts a mail off at 102 KB. 20 sentences are the most that a mail has.
  assert.ok(new TextEncoder().encode(html).length < 30_000);
});

Deno.test("the preview is hidden in Outlook, too", () => {
  const { html } = render({ kind: "task_assigned", payload: notified });
  const [, style = ""] = /<div style="([^"]*)">You&#39;ve been assigned/.exec(html) ?? [];
  assert.match(style, /(^|;)display:none(;|$)/);
  assert.match(style, /(^|;)mso-hide:all(;|$)/);
});

Deno.test("every text has a contrast of 4.5:1, in light and in dark mode", () => {
  const payload = {
    ...notified,
    feedback: "Warmer\nand slower",
    revisionCount: 1,
    appUrl: "https://app.example/deliverables/d1",
  };
  const token = "0f".repeat(32);
  const mails = [
    render({ kind: "revision_requested", payload }),
    render({ kind: "auth_recovery", payload: { name: "Ada", link, token } }),
  ];
  for (const { html } of mails) {
    const [bright, dark] = [contrasts(html, false), contrasts(html, true)];
    assert.ok(bright.length > 8);
    for (const { text, ratio } of [...bright, ...dark]) {
      assert.ok(ratio >= 4.5, `${text}: ${ratio.toFixed(2)}`);
    }
    // Dark mode is another look, and not the same colours twice.
    assert.notDeepEqual(bright, dark);
  }
  const texts = contrasts(mails[0]?.html ?? "", true).map(({ text }) => text);
  assert.ok(texts.includes("and slower") && texts.includes("Unsubscribe from emails like this"));
});

Deno.test("without an unsubscribe address the mail has no unsubscribe link", () => {
  const payload = { ...notified, unsubscribeUrl: null };
  const { text, headers } = render({ kind: "task_assigned", payload });
  assert.equal(headers, undefined);
  assert.ok(!text.includes("Unsubscribe"));
});

Deno.test("a mail with an unsafe link or of an unknown kind is not rendered", () => {
  const { payload } = queued("1");
  const evil = { ...payload, link: "javascript:alert(1)" };
  assert.throws(() => render({ kind: "verify_email", payload: evil }), /not a web address/);
  assert.throws(() => render({ kind: "nothing", payload }), /no template/);
});

Deno.test("all due mails are sent; a failure stops no other mail and is reported without the recipient", async () => {
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

Deno.test("one wake-up sends a limited number of mails", async () => {
  const { queue } = queueOf(Array.from({ length: 1000 }, (_, index) => queued(String(index))));
  const { sent } = await drain(queue, async () => undefined, "x@example.com");
  assert.equal(sent, 100);
});

/** A server that stands in for Resend or the mail capture and keeps what was sent to it. */
async function standIn(
  answer: () => Response,
  test: (url: string, received: readonly Request[]) => Promise<void>,
): Promise<void> {
  const received: Request[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      received.push(new Request(request, { body: (await request.text()) || null }));
      return answer();
    },
  );
  try {
    await test(`http://127.0.0.1:${server.addr.port}`, received);
  } finally {
    await server.shutdown();
  }
}

const mail = {
  ...render({ kind: "task_assigned", payload: notified }),
  from: "OnSwift <a@b.c>",
  to: "x@y.z",
  idempotencyKey: "k",
};

Deno.test("with a Resend key a mail is sent through Resend, with its idempotency key and headers", async () => {
  await standIn(
    () => Response.json({ id: "1" }),
    async (url, received) => {
      const env = {
        RESEND_API_KEY: "re_1",
        RESEND_BASE_URL: url,
        MAIL_CAPTURE_URL: "http://m.test",
      };
      await createTransport((name) => env[name as keyof typeof env])(mail);
      const [request] = received;
      assert.equal(request?.method, "POST");
      assert.equal(new URL(request?.url ?? "").pathname, "/emails");
      assert.equal(request?.headers.get("authorization"), "Bearer re_1");
      assert.equal(request?.headers.get("idempotency-key"), "k");
      const { from, to, subject, html, text, headers } = mail;
      assert.deepEqual(await request?.json(), { from, to, subject, html, text, headers });
      assert.ok(headers?.["List-Unsubscribe"]?.includes(notified.unsubscribeUrl));
    },
  );
});

Deno.test("a mail that Resend refuses, or that cannot reach Resend, is a failure with its reason", async () => {
  const refusal = { name: "rate_limit_exceeded", statusCode: 429, message: "Over quota" };
  let address = "";
  await standIn(
    () => Response.json(refusal, { status: 429 }),
    async (url) => {
      address = url;
      const env = { RESEND_API_KEY: "re_1", RESEND_BASE_URL: url };
      const transport = createTransport((name) => env[name as keyof typeof env]);
      await assert.rejects(
        transport(mail),
        /Resend answered 429 \(rate_limit_exceeded\): Over quota/,
      );
    },
  );
  const env = { RESEND_API_KEY: "re_1", RESEND_BASE_URL: address };
  const transport = createTransport((name) => env[name as keyof typeof env]);
  await assert.rejects(transport(mail), /Resend answered nothing/);
});

Deno.test("without a Resend key a mail goes to the mail capture", async () => {
  await standIn(
    () => Response.json({}),
    async (url, received) => {
      await createTransport((name) => ({ MAIL_CAPTURE_URL: `${url}/` })[name])(mail);
      assert.equal(new URL(received[0]?.url ?? "").pathname, "/api/v1/send");
      const captured = await received[0]?.json();
      assert.deepEqual(
        [captured.From, captured.To],
        [{ Name: "OnSwift", Email: "a@b.c" }, [{ Email: "x@y.z" }]],
      );
      assert.deepEqual(captured.Headers, mail.headers);
    },
  );
  await standIn(
    () => new Response("full", { status: 507 }),
    async (url) => {
      const transport = createTransport((name) => ({ MAIL_CAPTURE_URL: url })[name]);
      await assert.rejects(transport(mail), /mail capture answered 507: full/);
    },
  );
});

Deno.test("without any transport a mail is a failure that names the missing setting", async () => {
  await assert.rejects(createTransport(() => undefined)(mail), /Set RESEND_API_KEY/);
});

Deno.test("only a secret key of the project wakes the worker, which answers before the work is done", async () => {
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
  assert.deepEqual((await (await wake("Bearer sb_secret_right", "GET")).json()).error, {
    code: "METHOD_NOT_ALLOWED",
    message: "Method not allowed. Allowed: POST.",
  });
  assert.equal(works.length, 0);
  assert.equal((await wake("Bearer sb_secret_right")).status, 202);
  assert.equal((await wake("Bearer legacy")).status, 202);
  assert.equal(works.length, 2);
  await Promise.all(works);
});
