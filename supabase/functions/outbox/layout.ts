import { type Html, html } from "../_shared/html.ts";
import { inert } from "./inert.ts";
import { letterHtml } from "./letter-html.ts";
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

/** Renders a mail as HTML, with the layout in letter.mjml, and as plain text. */
export function letter(content: Letter): Content {
  const { action, code, quote, footnote, unsubscribe } = content;
  // These contain names. Feedback, which is quoted, may have links.
  const [subject, preview, greeting] = [content.subject, content.preview, content.greeting].map(
    inert,
  ) as [string, string, string];
  const paragraphs = content.paragraphs.map(inert);
  const body = letterHtml({
    subject,
    preview,
    greeting,
    paragraphs: paragraphs.map((text) => ({ text })),
    quotes: quote === undefined ? [] : [{ lines: lines(quote) }],
    actions: action === undefined ? [] : [action],
    codes: code === undefined ? [] : [code],
    footnote,
    unsubscribe: unsubscribe === undefined ? [] : [unsubscribe],
  });
  const text = [
    greeting,
    ...paragraphs,
    ...(quote === undefined ? [] : [quote.replace(/^/gm, "> ")]),
    ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]),
    ...(code === undefined ? [] : [`${code.label}\n${code.value}`]),
    `-- \n${footnote}${unsubscribe === undefined ? "" : `\n${unsubscribe.label}: ${unsubscribe.link}`}`,
  ];
  return { subject, html: body.toString(), text: `${text.join("\n\n")}\n` };
}

/** Outlook ignores `white-space`, so each line break is an element. */
const lines = (text: string): Html =>
  text
    .split(/\r\n?|\n/)
    .map((line) => html`${line}`)
    .reduce((all, line) => html`${all}<br>${line}`);
