import { letter } from "./layout.ts";
import type { Content, QueuedMail } from "./mail.ts";
import { notificationTemplates } from "./notification-templates.ts";
import { link, words } from "./payload.ts";

type Template = (payload: QueuedMail["payload"]) => Content;

/** One template a kind of mail. */
const templates: Readonly<Record<string, Template>> = {
  ...notificationTemplates,
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

  // Auth's own mails. The token of a reset is what the reset operation takes.
  auth_recovery: (payload) =>
    letter({
      subject: "Reset your OnSwift password",
      preview: "The link works once and for one hour.",
      greeting: "Choose a new password",
      paragraphs: [
        `Hello ${words(payload, "name")}, somebody, hopefully you, asked to reset your password.`,
        "The link works once and for one hour, and a new password signs you out everywhere else.",
      ],
      action: { label: "Reset password", link: link(payload, "link") },
      code: {
        label: "Where an app asks for a token, paste this one:",
        value: words(payload, "token"),
      },
      footnote: "It was not you? Then ignore this mail: nothing has changed.",
    }),
  auth_signup: (payload) =>
    proof(payload, {
      subject: "Confirm your e-mail address for OnSwift",
      greeting: `Welcome to OnSwift, ${words(payload, "name")}!`,
      sentence: "Please confirm that this address is yours.",
      label: "Confirm address",
    }),
  auth_email_change: (payload) =>
    proof(payload, {
      subject: "Confirm the new e-mail address of your OnSwift account",
      greeting: "Another e-mail address",
      sentence: `Hello ${words(payload, "name")}, please confirm that your account gets another address.`,
      label: "Confirm the change",
    }),
  auth_magiclink: (payload) =>
    proof(payload, {
      subject: "Your sign-in link for OnSwift",
      greeting: `Hello ${words(payload, "name")}`,
      sentence: "Follow the link to sign in. It works once and for one hour.",
      label: "Sign in",
    }),
  auth_invite: (payload) =>
    proof(payload, {
      subject: "You have been invited to OnSwift",
      greeting: `Hello ${words(payload, "name")}`,
      sentence: "Somebody made an account for you. Follow the link to take it over.",
      label: "Accept the invitation",
    }),
  auth_reauthentication: (payload) =>
    letter({
      subject: "Confirm that it is you",
      preview: "A code for a change of your account.",
      greeting: "Confirm that it is you",
      paragraphs: [`Hello ${words(payload, "name")}, a change of your account needs this code.`],
      code: { label: "Type it where you were asked for it:", value: words(payload, "code") },
      footnote: "It was not you? Then change your password.",
    }),
};

/** Subject and both bodies of a queued mail. A kind nobody wrote a template for fails. */
export function render({ kind, payload }: Pick<QueuedMail, "kind" | "payload">): Content {
  const template = templates[kind];
  if (template === undefined) throw new Error(`There is no template for "${kind}".`);
  return template(payload);
}

interface Proof {
  readonly subject: string;
  readonly greeting: string;
  readonly sentence: string;
  readonly label: string;
}

/** A letter whose link, or code, proves that somebody reads this address. */
function proof(payload: QueuedMail["payload"], about: Proof): Content {
  return letter({
    subject: about.subject,
    preview: about.sentence,
    greeting: about.greeting,
    paragraphs: [about.sentence],
    action: { label: about.label, link: link(payload, "link") },
    code: { label: "Or type this code:", value: words(payload, "code") },
    footnote: "You did not expect this mail? Then ignore it: nothing has changed.",
  });
}
