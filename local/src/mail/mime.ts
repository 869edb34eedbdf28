import { createHash } from "node:crypto";
import type { Address, Mail } from "./message.ts";

/** Returns the headers that the email would have when sent. */
export function mailHeaders(mail: Mail): Readonly<Record<string, readonly string[]>> {
  const custom = Object.entries(mail.Headers).map(([name, value]) => [name, [value]] as const);
  return {
    ...Object.fromEntries(custom),
    "Message-Id": [`<${mail.MessageID}>`],
    Date: [new Date(mail.Date).toUTCString().replace("GMT", "+0000")],
    From: [addressList([mail.From])],
    ...field("To", mail.To),
    ...field("Cc", mail.Cc),
    ...field("Bcc", mail.Bcc),
    ...field("Reply-To", mail.ReplyTo),
    Subject: [mail.Subject],
    "Mime-Version": ["1.0"],
    "Content-Type": [typeOf(mail)],
  };
}

/** Returns the email in message/rfc822 format. */
export function rawMail(mail: Mail): string {
  const head = Object.entries(mailHeaders(mail)).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${encodeHeader(name, value)}`),
  );
  return [...head, "", bodyOf(mail)].join("\r\n");
}

export const sizeOf = (mail: Mail): number => Buffer.byteLength(rawMail(mail));

const field = (name: string, people: readonly Address[]) =>
  people.length === 0 ? {} : { [name]: [addressList(people)] };

const addressList = (people: readonly Address[]): string =>
  people
    .map(({ Name, Address }) =>
      Name === "" ? Address : `"${Name.replace(/["\\]/g, "\\$&")}" <${Address}>`,
    )
    .join(", ");

/** Encodes non-ASCII header values. In address headers only the names are encoded, not the addresses. */
function encodeHeader(name: string, value: string): string {
  if (isAscii(value)) return value;
  const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  if (!/^(from|to|cc|bcc|reply-to)$/i.test(name)) return word(value);
  return value.replace(/"((?:[^"\\]|\\.)*)"/g, (whole, inner: string) =>
    isAscii(whole) ? whole : word(inner.replace(/\\(.)/g, "$1")),
  );
}

const isAscii = (text: string): boolean => /^[\t\x20-\x7e]*$/.test(text);

// Derived from the id, so that the same email always has the same bytes.
const boundary = (mail: Mail, level: string): string =>
  createHash("sha256").update(`${mail.ID} ${level}`).digest("hex").slice(0, 32);

function typeOf(mail: Mail): string {
  if (mail.Attachments.length > 0) return `multipart/mixed; boundary="${boundary(mail, "mixed")}"`;
  return textType(mail);
}

function textType(mail: Mail): string {
  if (mail.HTML === "") return "text/plain; charset=utf-8";
  if (mail.Text === "") return "text/html; charset=utf-8";
  return `multipart/alternative; boundary="${boundary(mail, "alternative")}"`;
}

function bodyOf(mail: Mail): string {
  if (mail.Attachments.length === 0) return textOf(mail);
  const files = mail.Attachments.map((file, index) => [
    `Content-Type: ${file.ContentType}`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(file.FileName)}`,
    ...(file.ContentID === "" ? [] : [`Content-ID: <${file.ContentID}>`]),
    "",
    (mail.contents[index] ?? "").replace(/.{76}/g, "$&\r\n"),
  ]);
  return parts(boundary(mail, "mixed"), [
    [`Content-Type: ${textType(mail)}`, "", textOf(mail)],
    ...files,
  ]);
}

function textOf(mail: Mail): string {
  if (mail.HTML === "") return mail.Text;
  if (mail.Text === "") return mail.HTML;
  return parts(boundary(mail, "alternative"), [
    ["Content-Type: text/plain; charset=utf-8", "", mail.Text],
    ["Content-Type: text/html; charset=utf-8", "", mail.HTML],
  ]);
}

const parts = (delimiter: string, all: readonly (readonly string[])[]): string =>
  [...all.flatMap((part) => [`--${delimiter}`, ...part]), `--${delimiter}--`, ""].join("\r\n");
