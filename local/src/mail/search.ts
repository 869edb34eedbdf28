import type { Address } from "./message.ts";
import type { Entry, MailStore } from "./store.ts";

interface Term {
  readonly field: string;
  readonly value: string;
  /** False for a negated term. */
  readonly expected: boolean;
}

const terms = /(?<not>[-!])?(?:(?<field>[a-z-]+):)?(?:"(?<quoted>[^"]*)"|(?<word>\S+))/gi;
const fields = new Set(["to", "cc", "bcc", "from", "addressed", "subject", "tag", "is", "has"]);

/** Finds the emails that match every term of a query such as `to:ada@example.com subject:"reset" -is:read`. */
export async function search(store: MailStore, query: string): Promise<readonly Entry[]> {
  const allTerms = parse(query);
  const found: Entry[] = [];
  for (const entry of store.list()) {
    // Field terms first: free text needs the body, which is read from disk.
    const fieldTerms = allTerms.filter((term) => term.field !== "");
    const textTerms = allTerms.filter((term) => term.field === "");
    if (!fieldTerms.every((term) => matches(entry, term) === term.expected)) continue;
    if (textTerms.length > 0) {
      const text = await fullText(store, entry);
      if (!textTerms.every((term) => text.includes(term.value) === term.expected)) continue;
    }
    found.push(entry);
  }
  return found;
}

function parse(query: string): readonly Term[] {
  return [...query.matchAll(terms)].map(({ groups = {} }) => {
    const field = groups.field?.toLowerCase() ?? "";
    const text = groups.quoted ?? groups.word ?? "";
    const isKnown = fields.has(field);
    const value = isKnown || field === "" ? text : `${groups.field}:${text}`;
    return { field: isKnown ? field : "", value: value.toLowerCase(), expected: !groups.not };
  });
}

function matches({ mail }: Entry, { field, value }: Term): boolean {
  const { From, To, Cc, Bcc, ReplyTo } = mail;
  switch (field) {
    case "to":
      return anyAddress(To, value);
    case "cc":
      return anyAddress(Cc, value);
    case "bcc":
      return anyAddress(Bcc, value);
    case "from":
      return anyAddress([From], value);
    case "addressed":
      return anyAddress([From, ...To, ...Cc, ...Bcc, ...ReplyTo], value);
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

const anyAddress = (people: readonly Address[], value: string): boolean =>
  people.some((address) => `${address.Name} <${address.Address}>`.toLowerCase().includes(value));

async function fullText(store: MailStore, entry: Entry): Promise<string> {
  const mail = await store.find(entry.mail.ID);
  const { From, To, Cc } = entry.mail;
  const people = [From, ...To, ...Cc].map((address) => `${address.Name} <${address.Address}>`);
  return [entry.mail.Subject, ...people, mail?.Text, mail?.HTML].join("\n").toLowerCase();
}
