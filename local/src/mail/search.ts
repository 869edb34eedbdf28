import type { Address } from "./message.ts";
import type { Entry, MailStore } from "./store.ts";

interface Term {
  readonly field: string;
  readonly value: string;
  readonly wanted: boolean;
}

const terms = /(?<not>[-!])?(?:(?<field>[a-z-]+):)?(?:"(?<quoted>[^"]*)"|(?<word>\S+))/gi;
const fields = new Set(["to", "cc", "bcc", "from", "addressed", "subject", "tag", "is", "has"]);

/** The mails that fit a query such as `to:ada@example.com subject:"reset" -is:read`; every term must. */
export async function search(store: MailStore, query: string): Promise<readonly Entry[]> {
  const wanted = parse(query);
  const found: Entry[] = [];
  for (const entry of store.list()) {
    // Cheap terms first: the body is only read for mails that are left.
    const cheap = wanted.filter((term) => term.field !== "");
    const free = wanted.filter((term) => term.field === "");
    if (!cheap.every((term) => fits(entry, term) === term.wanted)) continue;
    if (free.length > 0) {
      const text = await everything(store, entry);
      if (!free.every((term) => text.includes(term.value) === term.wanted)) continue;
    }
    found.push(entry);
  }
  return found;
}

function parse(query: string): readonly Term[] {
  return [...query.matchAll(terms)].map(({ groups = {} }) => {
    const field = groups.field?.toLowerCase() ?? "";
    const text = groups.quoted ?? groups.word ?? "";
    const known = fields.has(field);
    const value = known || field === "" ? text : `${groups.field}:${text}`;
    return { field: known ? field : "", value: value.toLowerCase(), wanted: !groups.not };
  });
}

function fits({ mail }: Entry, { field, value }: Term): boolean {
  const { From, To, Cc, Bcc, ReplyTo } = mail;
  switch (field) {
    case "to":
      return anyone(To, value);
    case "cc":
      return anyone(Cc, value);
    case "bcc":
      return anyone(Bcc, value);
    case "from":
      return anyone([From], value);
    case "addressed":
      return anyone([From, ...To, ...Cc, ...Bcc, ...ReplyTo], value);
    case "subject":
      return mail.Subject.toLowerCase().includes(value);
    case "tag":
      return mail.Tags.some((tag) => tag.toLowerCase() === value);
    case "is":
      return value === "read" ? mail.Read : value === "unread" && !mail.Read;
    default:
      return value.startsWith("attachment") && mail.Attachments.length > 0;
  }
}

const anyone = (people: readonly Address[], value: string): boolean =>
  people.some((one) => `${one.Name} <${one.Address}>`.toLowerCase().includes(value));

async function everything(store: MailStore, entry: Entry): Promise<string> {
  const mail = await store.find(entry.mail.ID);
  const { From, To, Cc } = entry.mail;
  const people = [From, ...To, ...Cc].map((one) => `${one.Name} <${one.Address}>`);
  return [entry.mail.Subject, ...people, mail?.Text, mail?.HTML].join("\n").toLowerCase();
}
