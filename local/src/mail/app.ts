import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { MailApiError, messageApi } from "./api.ts";
import { inboxPage } from "./inbox-page.ts";
import { viewedHtml, viewPolicy } from "./mail-view.ts";
import type { MailStore } from "./store.ts";

const largestBody = 10 * 1024 * 1024;

/** Everything that answers on the mail port: the inbox page, Mailpit's API, and mails as pages. */
export function mailApp(store: MailStore, mailUrl: string): Hono {
  const app = new Hono();
  const hosts = knownHosts(mailUrl);

  app.use(async (c, next) => {
    // Any page in the developer's browser can reach this port. Another name that resolves to it, or a
    // script on another origin, has no business with mails that hold reset links.
    const origin = c.req.header("origin");
    const isForeign = origin !== undefined && !hosts.has(origin.replace(/^https?:\/\//, ""));
    if (!hosts.has(c.req.header("host") ?? "") || isForeign) {
      return c.json({ Error: "This inbox only answers on its own address" }, 403);
    }
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("cache-control", "no-store");
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (c) => c.json({ Error: "The message is larger than 10 MB" }, 413),
    }),
  );

  app.get("/", (c) => {
    const nonce = randomBytes(16).toString("base64");
    return c.html(inboxPage(nonce), 200, { "content-security-policy": pagePolicy(nonce) });
  });
  app.get("/livez", (c) => c.text("ok"));
  app.get("/readyz", (c) => c.text("ok"));
  app.get("/view/:file{[\\w-]+\\.html}", async (c) => {
    const mail = await store.find(c.req.param("file").slice(0, -".html".length));
    if (mail === undefined) throw new MailApiError(404, "Message not found");
    return c.html(viewedHtml(mail), 200, { "content-security-policy": viewPolicy });
  });
  app.get("/view/:file{[\\w-]+\\.txt}", async (c) => {
    const mail = await store.find(c.req.param("file").slice(0, -".txt".length));
    if (mail === undefined) throw new MailApiError(404, "Message not found");
    return c.text(mail.Text);
  });
  app.route("/api/v1", messageApi(store));

  app.notFound((c) => c.json({ Error: `Nothing answers at ${c.req.path}` }, 404));
  app.onError((error, c) => {
    if (error instanceof MailApiError) return c.json({ Error: error.message }, error.status);
    console.error(error);
    return c.json({ Error: "The mail could not be read or kept; the log says why" }, 500);
  });
  return app;
}

/** `127.0.0.1:54324` and the other spellings of this machine. */
function knownHosts(mailUrl: string): ReadonlySet<string> {
  const { host, port } = new URL(mailUrl);
  return new Set([host, `127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
