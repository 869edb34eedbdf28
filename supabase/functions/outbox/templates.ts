import { letter } from "./layout.ts";
import type { Content, QueuedMail } from "./mail.ts";

type Template = (payload: QueuedMail["payload"]) => Content;

/** One template a kind of mail. */
const templates: Readonly<Record<string, Template>> = {
  verify_email: (payload) =>
    letter({
      subject: "Confirm your e-mail address",
      preview: "One click, and we know that we can reach you here.",
      greeting: `Welcome to OnSwift, ${words(payload, "name")}!`,
      paragraphs: [
        "Please confirm that this address is yours.",
        "Until you do, you can use OnSwift as usual, but we send no notifications here.",
      ],
      action: { label: "Confirm address", link: link(payload, "link") },
      footnote: "You did not sign up at OnSwift? Then somebody mistyped; just ignore this mail.",
    }),
};

/** Subject and both bodies of a queued mail. A kind nobody wrote a template for fails. */
export function render({ kind, payload }: Pick<QueuedMail, "kind" | "payload">): Content {
  const template = templates[kind];
  if (template === undefined) throw new Error(`There is no template for "${kind}".`);
  return template(payload);
}

function words(payload: QueuedMail["payload"], key: string): string {
  const value = payload[key];
  if (typeof value !== "string") throw new Error(`The mail's payload has no "${key}".`);
  return value;
}

/** Only what a reader may safely click on. */
function link(payload: QueuedMail["payload"], key: string): string {
  const url = new URL(words(payload, key));
  if (!/^https?:$/.test(url.protocol)) throw new Error(`"${key}" is not a web address.`);
  return url.href;
}
