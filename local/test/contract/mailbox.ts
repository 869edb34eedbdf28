import { until } from "../support/http.ts";
import { target } from "./target.ts";

/** One mail as Mailpit's API shows it. */
export interface Mail {
  readonly ID: string;
  readonly Subject: string;
  readonly From: { readonly Address: string };
  readonly To: readonly { readonly Address: string }[];
  readonly Text: string;
  readonly HTML: string;
}

interface Listing {
  readonly total: number;
  readonly messages: readonly Pick<Mail, "ID" | "Subject" | "To">[];
}

export async function mailApi<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(`${target().mailUrl}/api/v1${path}`, init);
  const text = await answer.text();
  return (text.startsWith("{") ? JSON.parse(text) : text) as T;
}

export const listMails = (): Promise<Listing> => mailApi("/messages?limit=200");

/** Waits for the newest mail to an address that is not among those already seen. */
export async function newMail(to: string, seen: readonly string[] = []): Promise<Mail> {
  let id: string | undefined;
  await until(`a mail to ${to}`, async () => {
    const { messages } = await listMails();
    id = messages.find(
      (mail) => !seen.includes(mail.ID) && mail.To.some(({ Address }) => Address === to),
    )?.ID;
    return id !== undefined;
  });
  return mailApi(`/message/${id}`);
}

/** The first link to Auth in a mail. */
export function linkIn(mail: Mail): URL {
  const found = /https?:\/\/[^\s"'<>)]+\/auth\/v1\/verify\?[^\s"'<>)]+/.exec(mail.HTML)?.[0];
  if (found === undefined) throw new Error(`No link in "${mail.Subject}".`);
  return new URL(found.replaceAll("&amp;", "&"));
}

/** Follows such a link as a mail program does, up to where it leads the browser. */
export async function follow(link: URL): Promise<URL> {
  const answer = await fetch(link, { redirect: "manual" });
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`${link.pathname} answered ${answer.status}.`);
  return new URL(location);
}

/** What a link's destination is told behind the `#`. */
export const fragmentOf = (url: URL): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(url.hash.slice(1)));
