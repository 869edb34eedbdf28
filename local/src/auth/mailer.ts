import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../settings.ts";
import { AuthError } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import { defaultTemplates, fill, type MailKind, plainText, unescaped } from "./mail-templates.ts";
import type { OneTimeToken } from "./one-time.ts";
import { presented, type UserRow } from "./users.ts";

/** What a mail is about, as links and hooks call it. */
export type MailAction =
  | "signup"
  | "recovery"
  | "invite"
  | "magiclink"
  | "email_change"
  | "reauthentication";

const kinds: Readonly<Record<MailAction, MailKind>> = {
  signup: "confirmation",
  recovery: "recovery",
  invite: "invite",
  magiclink: "magic_link",
  email_change: "email_change",
  reauthentication: "reauthentication",
};

export interface AuthMail {
  readonly action: MailAction;
  readonly user: UserRow;
  readonly to: string;
  readonly token: OneTimeToken;
  readonly redirectTo: string;
  /** The other address's token, in a change that both addresses confirm. */
  readonly second?: OneTimeToken;
  readonly ip: string;
}

/** Sends Auth's mails: through the send_email hook when there is one, else into the capture. */
export class Mailer {
  readonly #settings: Settings;
  readonly #hooks: Hooks;

  constructor(settings: Settings, hooks: Hooks) {
    this.#settings = settings;
    this.#hooks = hooks;
  }

  /** The link that proves an address. */
  link(action: MailAction, hash: string, redirectTo: string): string {
    const query = new URLSearchParams({ token: hash, type: action, redirect_to: redirectTo });
    return `${this.#settings.apiUrl}/auth/v1/verify?${query}`;
  }

  async send(mail: AuthMail): Promise<void> {
    if (this.#hooks.isEnabled("send_email")) return this.#hook(mail);
    return this.#capture(mail);
  }

  #hook(mail: AuthMail): Promise<void> {
    return this.#hooks.sendEmail(
      presented(mail.user, []),
      {
        token: mail.token.code,
        token_hash: mail.token.hash,
        redirect_to: mail.redirectTo,
        email_action_type: mail.action,
        site_url: `${this.#settings.apiUrl}/auth/v1`,
        token_new: mail.second?.code ?? "",
        token_hash_new: mail.second?.hash ?? "",
        old_email: mail.action === "email_change" ? (mail.user.email ?? "") : "",
        old_phone: "",
        provider: "",
        factor_type: "",
      },
      mail.ip,
    );
  }

  async #capture(mail: AuthMail): Promise<void> {
    const template = await this.#template(kinds[mail.action]);
    const values = {
      ConfirmationURL: this.link(mail.action, mail.token.hash, mail.redirectTo),
      Token: mail.token.code,
      TokenHash: mail.token.hash,
      SiteURL: this.#settings.config.auth.site_url,
      RedirectTo: mail.redirectTo,
      Email: mail.user.email ?? "",
      NewEmail: mail.user.email_change ?? "",
      Data: mail.user.raw_user_meta_data ?? {},
    };
    const html = fill(template.html, values);
    const response = await fetch(`${this.#settings.mailUrl}/api/v1/send`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        From: { Email: "auth@localhost.localdomain", Name: "Auth" },
        To: [{ Email: mail.to }],
        Subject: fill(template.subject, values, unescaped),
        HTML: html,
        Text: plainText(html),
      }),
      signal: AbortSignal.timeout(5000),
    }).catch((error) => {
      console.error(error);
      return undefined;
    });
    if (!response?.ok) {
      throw new AuthError(500, "unexpected_failure", `Error sending ${mail.action} email`);
    }
  }

  async #template(kind: MailKind): Promise<{ subject: string; html: string }> {
    const own = this.#settings.config.auth.email.template[kind];
    const usual = defaultTemplates[kind];
    const html =
      own?.content_path === undefined
        ? usual.html
        : await readFile(join(this.#settings.projectDir, own.content_path), "utf8");
    return { subject: own?.subject ?? usual.subject, html };
  }
}
