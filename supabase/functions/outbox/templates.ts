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
        "Please confirm that you signed up with this email address.",
        "You can already use OnSwift. We send notifications to this address once you have confirmed it.",
      ],
      action: { label: "Confirm address", link: requiredLink(payload, "link") },
      footnote:
        "If you did not sign up for OnSwift, you can ignore this email. To take over the account, request a password reset for this address.",
    }),

  // The reset operation takes the token of both mails.
  auth_recovery: (payload) =>
    letter({
      subject: "Reset your OnSwift password",
      preview: "The link works once and expires in one hour.",
      greeting: "Choose a new password",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, we received a request to reset your password.`,
        "The link works once and expires in one hour. A new password signs you out on all devices.",
      ],
      ...resetAction(payload, "Reset password"),
      footnote:
        "If you did not request a reset, you can ignore this email. Your password is unchanged.",
    }),
  auth_invite: (payload) =>
    letter({
      subject: "You have been invited to OnSwift",
      preview: "Choose a password to accept the invitation.",
      greeting: `Hello ${requiredText(payload, "name")}`,
      paragraphs: [
        "An account has been created for you. Choose a password to accept the invitation.",
        "The link works once and expires in 7 days.",
      ],
      ...resetAction(payload, "Choose a password"),
      footnote: "If you did not expect this email, you can ignore it.",
    }),
  confirm_new_email: (payload) =>
    letter({
      subject: "Confirm the new email address of your OnSwift account",
      preview: "The address changes when you open the link.",
      greeting: "Confirm your new email address",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, please confirm the new email address of your account.`,
        "The link expires in 24 hours. Other devices are signed out when you open it.",
      ],
      action: { label: "Confirm the change", link: requiredLink(payload, "link") },
      footnote: "If you did not request this, you can ignore this email: nothing changes.",
    }),
  password_changed: (payload) =>
    letter({
      subject: "Your OnSwift password was changed",
      preview: "If it was not you, reset the password now.",
      greeting: "Your password was changed",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, the password of your account was changed, and all other devices were signed out.`,
        "If it was not you, request a password reset now. It ends every session.",
      ],
      footnote: "You receive this email because it concerns the security of your OnSwift account.",
    }),
  email_changed: (payload) =>
    letter({
      subject: "The email address of your OnSwift account was changed",
      preview: "If it was not you, contact us.",
      greeting: "Your email address was changed",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, your account no longer uses this email address.`,
        "If it was not you, contact us: your password is known to another person.",
      ],
      footnote: "You receive this email because it concerns the security of your OnSwift account.",
    }),
  factor_added: (payload) =>
    letter({
      subject: "A second factor was added to your OnSwift account",
      preview: "If it was not you, contact us.",
      greeting: "Second factor added",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, signing in now also needs a code from your authenticator app. All other devices were signed out.`,
        "If it was not you, contact us: your password is known to another person.",
      ],
      footnote: "You receive this email because it concerns the security of your OnSwift account.",
    }),
  factor_removed: (payload) =>
    letter({
      subject: "A second factor was removed from your OnSwift account",
      preview: "If it was not you, reset the password now.",
      greeting: "Second factor removed",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, the codes of one of your authenticator apps are no longer needed to sign in.`,
        "If it was not you, request a password reset now. It ends every session.",
      ],
      footnote: "You receive this email because it concerns the security of your OnSwift account.",
    }),
  factor_failed: (payload) =>
    letter({
      subject: "Wrong codes for your OnSwift account",
      preview: "If it was not you, change the password now.",
      greeting: "Several wrong codes were entered",
      paragraphs: [
        `Hello ${requiredText(payload, "name")}, the right password and then several wrong codes were entered for your account. Codes are refused for a while.`,
        "If it was not you, your password is known to another person: request a password reset now. It ends every session.",
      ],
      footnote: "You receive this email because it concerns the security of your OnSwift account.",
    }),
};

/** Returns the subject and both bodies of a queued mail. Throws for a kind without a template. */
export function render({ kind, payload }: Pick<QueuedMail, "kind" | "payload">): Content {
  const template = templates[kind];
  if (template === undefined) throw new Error(`There is no template for "${kind}".`);
  return template(payload);
}

/** The link to the app's page for a new password, if its address is known, and the token for other apps. */
const resetAction = (payload: QueuedMail["payload"], label: string) => ({
  ...(payload.link === undefined ? {} : { action: { label, link: requiredLink(payload, "link") } }),
  code: {
    label: "If an app asks for a token, paste this one:",
    value: requiredText(payload, "token"),
  },
});
