import { letter } from "./layout.ts";
import type { Content, QueuedMail } from "./mail.ts";
import { notificationTemplates } from "./notification-templates.ts";
import { requiredLink, requiredText } from "./payload.ts";

type Template = (payload: QueuedMail["payload"]) => Content;

/** One template for each kind of mail. */
const templates: Readonly<Record<string, Template>> = {
  ...notificationTemplates,
  verify_email: (payload) =>
    letter({
      subject: "Confirm your email address",
      preview: "Confirm your address to receive notifications by email.",
      greeting: `Welcome to OnSwift, ${requiredText(payload, "name")}!`,
      paragraphs: [
        "Please confirm that this email address is yours.",
        "You can already use OnSwift. We send notifications to this address once you have confirmed it.",
      ],
      action: { label: "Confirm address", link: requiredLink(payload, "link") },
      footnote: "If you did not sign up for OnSwift, you can ignore this email.",
    }),

  // Auth's own mails. The reset operation takes the token of the recovery mail.
  auth_recovery: (payload) =>
    letter({
      subject: "Reset your OnSwift password",
      preview: "The link works once and expires in one hour.",
      greeting: "Choose a new password",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, we received a request to reset your password.`,
        "The link works once and expires in one hour. A new password signs you out on all devices.",
      ],
      action: { label: "Reset password", link: requiredLink(payload, "link") },
      code: {
        label: "If an app asks for a token, paste this one:",
        value: requiredText(payload, "token"),
      },
      footnote:
        "If you did not request a reset, you can ignore this email. Your password is unchanged.",
    }),
  auth_signup: (payload) =>
    confirmation(payload, {
      subject: "Confirm your email address for OnSwift",
      greeting: `Welcome to OnSwift, ${requiredText(payload, "name")}!`,
      sentence: "Please confirm that this email address is yours.",
      label: "Confirm address",
    }),
  auth_email_change: (payload) =>
    confirmation(payload, {
      subject: "Confirm the new email address of your OnSwift account",
      greeting: "Confirm your new email address",
      sentence: `Hello ${requiredText(payload, "name")}, please confirm the new email address of your account.`,
      label: "Confirm the change",
    }),
  auth_magiclink: (payload) =>
    confirmation(payload, {
      subject: "Your sign-in link for OnSwift",
      greeting: `Hello ${requiredText(payload, "name")}`,
      sentence: "Use this link to sign in. It works once and expires in one hour.",
      label: "Sign in",
    }),
  auth_invite: (payload) =>
    confirmation(payload, {
      subject: "You have been invited to OnSwift",
      greeting: `Hello ${requiredText(payload, "name")}`,
      sentence: "An account has been created for you. Use this link to accept the invitation.",
      label: "Accept the invitation",
    }),
  auth_reauthentication: (payload) =>
    letter({
      subject: "Confirm a change to your OnSwift account",
      preview: "Enter this code to confirm the change.",
      greeting: "Confirm the change",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, enter this code to confirm a change to your account.`,
      ],
      code: { label: "Your code:", value: requiredText(payload, "code") },
      footnote: "If you did not request this, change your password.",
    }),
};

/** Returns the subject and both bodies of a queued mail. Throws for a kind without a template. */
export function render({ kind, payload }: Pick<QueuedMail, "kind" | "payload">): Content {
  const template = templates[kind];
  if (template === undefined) throw new Error(`There is no template for "${kind}".`);
  return template(payload);
}

interface Confirmation {
  readonly subject: string;
  readonly greeting: string;
  readonly sentence: string;
  readonly label: string;
}

/** A mail whose link or code proves that its reader owns the address. */
function confirmation(payload: QueuedMail["payload"], content: Confirmation): Content {
  return letter({
    subject: content.subject,
    preview: content.sentence,
    greeting: content.greeting,
    paragraphs: [content.sentence],
    action: { label: content.label, link: requiredLink(payload, "link") },
    code: { label: "Or enter this code:", value: requiredText(payload, "code") },
    footnote: "If you did not expect this email, you can ignore it.",
  });
}
