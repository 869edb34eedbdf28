import type { Mail } from "./message.ts";

/**
 * What a mail may do when it is shown: look as it wants, open links in a new window, nothing else. The
 * policy holds as well when somebody opens the address without the inbox's frame around it.
 */
export const viewPolicy = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data: http: https:",
  "font-src data:",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The HTML of a mail, its links opening beside the inbox. */
export function viewedHtml(mail: Mail): string {
  const base = '<base target="_blank">';
  if (mail.HTML === "") return `<!doctype html>${base}<pre>${escaped(mail.Text)}</pre>`;
  return /<head\b[^>]*>/i.test(mail.HTML)
    ? mail.HTML.replace(/<head\b[^>]*>/i, (head) => head + base)
    : `<!doctype html>${base}${mail.HTML}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
