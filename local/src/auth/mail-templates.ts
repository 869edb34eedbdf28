import { escapeHtml } from "../http/html.ts";
import { letterHtml } from "./letter-html.ts";

/** The default email templates, for projects that configure none of their own. */
export interface MailTemplate {
  readonly subject: string;
  readonly html: string;
}

/** One of the built-in templates, in the layout of letter.mjml. */
const page = (sentence: string, link: string, code: string): string => {
  const list = (label: string) => (label === "" ? [] : [{ label }]);
  return letterHtml({ sentence, links: list(link), codes: list(code) }).toString();
};

export const defaultTemplates = {
  confirmation: {
    subject: "Confirm your email address",
    html: page("Please confirm that this address is yours.", "Confirm", "Or enter this code:"),
  },
  recovery: {
    subject: "Reset your password",
    html: page(
      "We received a request to reset your password.",
      "Choose a new password",
      "Or enter this code:",
    ),
  },
  invite: {
    subject: "You have been invited",
    html: page("You have been invited to {{ .SiteURL }}.", "Accept the invitation", ""),
  },
  magic_link: {
    subject: "Your sign-in link",
    html: page("Follow the link to sign in.", "Sign in", "Or enter this code:"),
  },
  email_change: {
    subject: "Confirm the change of your email address",
    html: page(
      "Confirm the change from {{ .Email }} to {{ .NewEmail }}.",
      "Confirm the change",
      "Or enter this code:",
    ),
  },
  reauthentication: {
    subject: "Confirm that it is you",
    html: page("A change to your account needs your confirmation.", "", "Enter this code:"),
  },
} as const satisfies Record<string, MailTemplate>;

export type MailKind = keyof typeof defaultTemplates;

/** Replaces `{{ .Name }}` and `{{ .Data.name }}`. Unknown variables become empty. */
export function fill(
  template: string,
  values: Readonly<Record<string, unknown>>,
  encode = escapeHtml,
): string {
  return template.replace(/\{\{-?\s*\.([A-Za-z_][\w.]*)\s*-?\}\}/g, (_, path: string) => {
    const value = path
      .split(".")
      .reduce<unknown>(
        (inner, name) =>
          Object.hasOwn(Object(inner), name) ? (inner as Record<string, unknown>)[name] : undefined,
        values,
      );
    return value === undefined || value === null ? "" : encode(String(value));
  });
}

export const unescaped = (text: string): string => text;

/** Converts HTML to the plain-text part of the email. */
export function plainText(html: string): string {
  return html
    .replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, "")
    .replace(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi, "$2: $1")
    .replace(/<\/(p|div|h\d|tr|li)>|<br\s*\/?>/gi, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&#39;/g, "'")
    .replace(/&#34;|&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}
