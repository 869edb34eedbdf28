import { escapeHtml } from "../http/html.ts";
import type { Mail } from "./message.ts";

/**
 * Content security policy of an email shown as a page: styles, images and links that open a new window, nothing
 * else. It includes `sandbox`, so it also applies when the page is opened outside of the inbox's frame.
 */
export const emailPagePolicy = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data: http: https:",
  "font-src data:",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** Returns the HTML of an email, with links that open in a new window. */
export function emailPage(mail: Mail): string {
  const base = '<base target="_blank">';
  if (mail.HTML === "") return `<!doctype html>${base}<pre>${escapeHtml(mail.Text)}</pre>`;
  return /<head\b[^>]*>/i.test(mail.HTML)
    ? mail.HTML.replace(/<head\b[^>]*>/i, (head) => head + base)
    : `<!doctype html>${base}${mail.HTML}`;
}
