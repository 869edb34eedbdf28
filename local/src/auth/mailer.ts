import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Settings } from "../settings.ts";
import { unexpected } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import type { Limits } from "./limits.ts";
import { defaultTemplates, fill, type MailKind, plainText, unescaped } from "./mail-templates.ts";
import { presented } from "./presentation.ts";
import type { OneTimeToken } from "./shapes.ts";
import type { UserRow } from "./users.ts";

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
  /** In a change that both addresses confirm: what goes to the one the account has now. */
  readonly present?: { readonly to: string; readonly token: OneTimeToken };
  readonly ip: string;
}

/** Sends Auth's mails: through the send_email hook when there is one, else into the capture. */
export class Mailer {
  readonly #settings: Settings;
  readonly #hooks: Hooks;
  readonly #limits: Limits;
  readonly #log: Logger;

  constructor(settings: Settings, hooks: Hooks, limits: Limits, log: Logger) {
    this.#settings = settings;
    this.#hooks = hooks;
    this.#limits = limits;
    this.#log = log;
  }

  /** The link that proves an address. */
  link(action: MailAction, hash: string, redirectTo: string): string {
    const query = new URLSearchParams({ token: hash, type: action, redirect_to: redirectTo });
    return `${this.#settings.apiUrl}/auth/v1/verify?${query}`;
  }

  async send(mail: AuthMail): Promise<void> {
    const { rate_limit, email } = this.#settings.config.auth;
    // As the official CLI does it: the number is for a mail server of the project's own.
    if (email.smtp.enabled) this.#limits.takeMail(rate_limit.email_sent);
    if (this.#hooks.isEnabled("send_email")) return this.#hook(mail);
    await this.#capture(mail, mail.to, mail.token);
    if (mail.present !== undefined) {
      await this.#capture(mail, mail.present.to, mail.present.token);
    }
  }

  #hook(mail: AuthMail): Promise<void> {
    const { token, present } = mail;
    return this.#hooks.sendEmail(
      presented(mail.user, []),
      {
        // Upstream's own names: of two, `token` and `token_hash_new` belong to the present address.
        token: (present?.token ?? token).code,
        token_hash: token.hash,
        redirect_to: mail.redirectTo,
        email_action_type: mail.action,
        site_url: `${this.#settings.apiUrl}/auth/v1`,
        token_new: present === undefined ? "" : token.code,
        token_hash_new: present?.token.hash ?? "",
        old_email: mail.action === "email_change" ? (mail.user.email ?? "") : "",
        old_phone: "",
        provider: "",
        factor_type: "",
      },
      mail.ip,
    );
  }

  async #capture(mail: AuthMail, to: string, token: OneTimeToken): Promise<void> {
    const values = {
      ConfirmationURL: this.link(mail.action, token.hash, mail.redirectTo),
      Token: token.code,
      TokenHash: token.hash,
      SiteURL: this.#settings.config.auth.site_url,
      RedirectTo: mail.redirectTo,
      Email: mail.user.email ?? "",
      NewEmail: mail.user.email_change ?? "",
      Data: mail.user.raw_user_meta_data ?? {},
    };
    try {
      const template = await this.#template(kinds[mail.action]);
      const html = fill(template.html, values);
      const response = await fetch(`${this.#settings.mailUrl}/api/v1/send`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          From: { Email: "auth@localhost.localdomain", Name: "Auth" },
          To: [{ Email: to }],
          Subject: fill(template.subject, values, unescaped).replace(/\s+/g, " ").trim(),
          HTML: html,
          Text: plainText(html),
        }),
        signal: AbortSignal.timeout(5000),
      });
      if (!response.ok) throw new Error(`the mail capture answered ${response.status}`);
    } catch (error) {
      const { message } = error as Error;
      this.#log.error({ action: mail.action, message }, "mail not sent");
      throw unexpected(`Error sending ${mail.action} email`);
    }
  }

  async #template(kind: MailKind): Promise<{ subject: string; html: string }> {
    const own = this.#settings.config.auth.email.template[kind];
    const usual = defaultTemplates[kind];
    // Read anew for each mail, so that somebody who writes a template sees it.
    const html =
      own?.content_path === undefined
        ? usual.html
        : await readFile(join(this.#settings.projectDir, own.content_path), "utf8");
    return { subject: own?.subject ?? usual.subject, html };
  }
}
