import { type Html, html } from "./html.ts";
import { inert } from "./inert.ts";
import type { Content } from "./mail.ts";

interface Letter {
  readonly subject: string;
  /** Shown in the inbox after the subject. */
  readonly preview: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly link: string };
  /** A code or token to enter instead of following the link. */
  readonly code?: { readonly label: string; readonly value: string };
  /** Text that another user wrote, set off from ours. */
  readonly quote?: string;
  readonly footnote: string;
  /** Shown below the footnote. */
  readonly unsubscribe?: { readonly label: string; readonly link: string };
}

/** Renders a mail as HTML and as plain text. Mail programs support little more than tables and inline styles. */
export function letter(content: Letter): Content {
  const { action, code, quote, footnote, unsubscribe } = content;
  // These contain names. Feedback, which is quoted, may have links.
  const [subject, preview, greeting] = [content.subject, content.preview, content.greeting].map(
    inert,
  ) as [string, string, string];
  const paragraphs = content.paragraphs.map(inert);
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${subject}</title>
</head>
<body style="margin:0;padding:0;background:#f4f4f7;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1c1c28">
<div style="display:none;max-height:0;overflow:hidden">${preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px">
<tr><td style="padding:0 8px 16px;font-size:20px;font-weight:700;letter-spacing:-0.3px">On<span style="color:#5b3df5">Swift</span></td></tr>
<tr><td style="background:#ffffff;border-radius:12px;padding:32px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${greeting}</h1>
${paragraphs.map(paragraph).reduce((all, one) => html`${all}${one}`, html``)}
${quote === undefined ? html`` : quotation(quote)}
${action === undefined ? html`` : button(action)}
${code === undefined ? html`` : codeBox(code)}
</td></tr>
<tr><td style="padding:16px 8px;font-size:12px;line-height:1.5;color:#8a8a99">${footnote}${unsubscribe === undefined ? html`` : unsubscribeLine(unsubscribe)}</td></tr>
</table>
</td></tr></table>
</body>
</html>`;
  const text = [
    greeting,
    ...paragraphs,
    ...(quote === undefined ? [] : [quote.replace(/^/gm, "> ")]),
    ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]),
    ...(code === undefined ? [] : [`${code.label}\n${code.value}`]),
    `-- \n${footnote}${unsubscribe === undefined ? "" : `\n${unsubscribe.label}: ${unsubscribe.link}`}`,
  ];
  return { subject, html: body.markup, text: `${text.join("\n\n")}\n` };
}

const paragraph = (text: string): Html =>
  html`<p style="margin:0 0 12px;font-size:16px;line-height:1.5">${text}</p>
`;

const quotation = (text: string): Html =>
  html`<p style="margin:16px 0;padding:4px 0 4px 16px;border-left:3px solid #5b3df5;font-size:16px;line-height:1.5;white-space:pre-line">${text}</p>
`;

const unsubscribeLine = ({
  label,
  link,
}: {
  readonly label: string;
  readonly link: string;
}): Html => html`<br><a href="${link}" style="color:#8a8a99">${label}</a>`;

const button = ({ label, link }: { readonly label: string; readonly link: string }): Html =>
  html`<p style="margin:24px 0"><a href="${link}" style="display:inline-block;background:#5b3df5;color:#ffffff;text-decoration:none;font-weight:600;padding:12px 24px;border-radius:8px">${label}</a></p>
<p style="margin:0;font-size:13px;line-height:1.5;color:#6b6b7b">If the button does not work, open this address:<br><a href="${link}" style="color:#5b3df5;word-break:break-all">${link}</a></p>`;

const codeBox = ({ label, value }: { readonly label: string; readonly value: string }): Html =>
  html`<p style="margin:20px 0 0;font-size:13px;line-height:1.5;color:#6b6b7b">${label}</p>
<p style="margin:8px 0 0;padding:12px 14px;border-radius:8px;background:#f4f4f7;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;word-break:break-all">${value}</p>`;
