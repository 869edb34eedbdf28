import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { MailApiError, messageApi } from "./api.ts";
import { emailPage, emailPagePolicy } from "./email-page.ts";
import { inboxPage } from "./inbox-page.ts";
import type { MailStore } from "./store.ts";

const maxBodySize = 10 * 1024 * 1024;

/** Creates the HTTP app of the mail port: the inbox page, Mailpit's API, and emails as pages. */
export function mailApp(store: MailStore, mailUrl: string): Hono {
  const app = new Hono();
  const hosts = acceptedHosts(mailUrl);

  app.use(async (c, next) => {
    // Every page in the developer's browser can reach this port, and emails contain reset links. Reject
    // other host names that resolve to this port (DNS rebinding) and scripts of other origins.
    const origin = c.req.header("origin");
    const isOtherOrigin = origin !== undefined && !hosts.has(origin.replace(/^https?:\/\//, ""));
    if (!hosts.has(c.req.header("host") ?? "") || isOtherOrigin) {
      return c.json({ Error: "The inbox accepts requests only at its own address" }, 403);
    }
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("cache-control", "no-store");
  });
  app.use(
    bodyLimit({
      maxSize: maxBodySize,
      onError: (c) => c.json({ Error: "The request body is larger than 10 MB" }, 413),
    }),
  );

  app.get("/", (c) => {
    const nonce = randomBytes(16).toString("base64");
    return c.html(inboxPage(nonce), 200, { "content-security-policy": inboxPolicy(nonce) });
  });
  app.get("/livez", (c) => c.text("ok"));
  app.get("/readyz", (c) => c.text("ok"));
  app.get("/view/:file{[\\w-]+\\.html}", async (c) => {
    const mail = await store.find(c.req.param("file").slice(0, -".html".length));
    if (mail === undefined) throw new MailApiError(404, "Message not found");
    return c.html(emailPage(mail), 200, { "content-security-policy": emailPagePolicy });
  });
  app.get("/view/:file{[\\w-]+\\.txt}", async (c) => {
    const mail = await store.find(c.req.param("file").slice(0, -".txt".length));
    if (mail === undefined) throw new MailApiError(404, "Message not found");
    return c.text(mail.Text);
  });
  app.route("/api/v1", messageApi(store));

  app.notFound((c) => c.json({ Error: `There is nothing at ${c.req.path}` }, 404));
  app.onError((error, c) => {
    if (error instanceof MailApiError) return c.json({ Error: error.message }, error.status);
    console.error(error);
    return c.json({ Error: "The email could not be read or stored. The log has the reason." }, 500);
  });
  return app;
}

/** Returns the accepted `Host` values: the configured one and the names of the loopback interface. */
function acceptedHosts(mailUrl: string): ReadonlySet<string> {
  const { host, port } = new URL(mailUrl);
  return new Set([host, `127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

const inboxPolicy = (nonce: string): string =>
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
