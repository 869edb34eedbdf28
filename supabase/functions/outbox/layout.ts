import { darkMode, light } from "./colours.ts";
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
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
${darkMode}
</head>
<body class="page" style="margin:0;padding:0;background:${light.page};font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:${light.text}">
<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;mso-hide:all">${preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page" bgcolor="${light.page}"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px">
<tr><td class="text" style="padding:0 8px 16px;font-size:20px;font-weight:700;letter-spacing:-0.3px;color:${light.text}">On<span class="accent" style="color:${light.accent}">Swift</span></td></tr>
<tr><td class="card" bgcolor="${light.card}" style="background:${light.card};border-radius:12px;padding:32px">
<h1 class="text" style="margin:0 0 16px;font-size:22px;line-height:1.3;color:${light.text}">${greeting}</h1>
${paragraphs.map(paragraph).reduce((all, one) => html`${all}${one}`, html``)}
${quote === undefined ? html`` : quotation(quote)}
${action === undefined ? html`` : button(action)}
${code === undefined ? html`` : codeBox(code)}
</td></tr>
<tr><td class="muted" style="padding:16px 8px;font-size:12px;line-height:1.5;color:${light.muted}">${footnote}${unsubscribe === undefined ? html`` : unsubscribeLine(unsubscribe)}</td></tr>
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
  html`<p class="text" style="margin:0 0 12px;font-size:16px;line-height:1.5;color:${light.text}">${text}</p>
`;

/** Outlook ignores `white-space`, so each line break is an element. */
const lines = (text: string): Html =>
  text
    .split(/\r\n?|\n/)
    .map((line) => html`${line}`)
    .reduce((all, line) => html`${all}<br>${line}`);

const quotation = (text: string): Html =>
  html`<p class="text" style="margin:16px 0;padding:4px 0 4px 16px;border-left:3px solid ${light.accent};font-size:16px;line-height:1.5;color:${light.text}">${lines(text)}</p>
`;

const unsubscribeLine = ({
  label,
  link,
}: {
  readonly label: string;
  readonly link: string;
}): Html => html`<br><a class="muted" href="${link}" style="color:${light.muted}">${label}</a>`;

/** The cell has the padding in Outlook, which ignores that of links. */
const button = ({ label, link }: { readonly label: string; readonly link: string }): Html =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0"><tr><td class="button" bgcolor="${light.button}" style="background:${light.button};border-radius:8px;mso-padding-alt:12px 24px"><a class="label" href="${link}" style="display:inline-block;padding:12px 24px;color:${light.label};text-decoration:none;font-weight:600">${label}</a></td></tr></table>
<p class="muted" style="margin:0;font-size:13px;line-height:1.5;color:${light.muted}">If the button does not work, open this address:<br><a class="accent" href="${link}" style="color:${light.accent};word-break:break-all">${link}</a></p>`;

const codeBox = ({ label, value }: { readonly label: string; readonly value: string }): Html =>
  html`<p class="muted" style="margin:20px 0 0;font-size:13px;line-height:1.5;color:${light.muted}">${label}</p>
<p class="box" style="margin:8px 0 0;padding:12px 14px;border-radius:8px;background:${light.page};color:${light.text};font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;word-break:break-all">${value}</p>`;
