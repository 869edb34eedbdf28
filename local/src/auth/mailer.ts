import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { TransactionSql } from "postgres";
import type { Settings } from "../settings.ts";
import { unexpected } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import type { Limits } from "./limits.ts";
import { defaultTemplates, fill, type MailKind, plainText, unescaped } from "./mail-templates.ts";
import { formatUser } from "./presentation.ts";
import type { OneTimeToken } from "./shapes.ts";
import type { UserRow } from "./users.ts";

/** The purpose of an email, named as in links and in the `send_email` hook. */
export type MailAction =
  | "signup"
  | "recovery"
  | "invite"
  | "magiclink"
  | "email_change"
  | "reauthentication";

const templateKinds: Readonly<Record<MailAction, MailKind>> = {
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
  /** Set when both addresses must confirm a change: the mail to the account's current address. */
  readonly current?: { readonly to: string; readonly token: OneTimeToken };
  readonly ip: string;
}

/** Sends Auth's emails: through the `send_email` hook if it is enabled, otherwise to the mail capture. */
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

  /** Returns the link that confirms an address. */
  link(action: MailAction, hash: string, redirectTo: string): string {
    const query = new URLSearchParams({ token: hash, type: action, redirect_to: redirectTo });
    return `${this.#settings.apiUrl}/auth/v1/verify?${query}`;
  }

  /** A database function that sends emails runs in the transaction: what it queues exists if the token does. */
  async send(tx: TransactionSql, mail: AuthMail): Promise<void> {
    const { rate_limit, email } = this.#settings.config.auth;
    // As in the official CLI, the limit applies only when the project configures its own mail server.
    if (email.smtp.enabled) this.#limits.takeMail(rate_limit.email_sent);
    if (this.#hooks.isEnabled("send_email")) return this.#hook(tx, mail);
    await this.#capture(mail, mail.to, mail.token);
    if (mail.current !== undefined) {
      await this.#capture(mail, mail.current.to, mail.current.token);
    }
  }

  #hook(tx: TransactionSql, mail: AuthMail): Promise<void> {
    const { token, current } = mail;
    return this.#hooks.sendEmail(
      tx,
      formatUser(mail.user, []),
      {
        // Upstream's naming: when both addresses confirm, `token` and `token_hash_new` belong to the
        // current address, `token_new` and `token_hash` to the new one.
        token: (current?.token ?? token).code,
        token_hash: token.hash,
        redirect_to: mail.redirectTo,
        email_action_type: mail.action,
        site_url: `${this.#settings.apiUrl}/auth/v1`,
        token_new: current === undefined ? "" : token.code,
        token_hash_new: current?.token.hash ?? "",
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
      const template = await this.#template(templateKinds[mail.action]);
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
      if (!response.ok)
        throw new Error(`the mail capture responded with status ${response.status}`);
    } catch (error) {
      const { message } = error as Error;
      this.#log.error({ action: mail.action, message }, "mail not sent");
      throw unexpected(`Error sending ${mail.action} email`);
    }
  }

  async #template(kind: MailKind): Promise<{ subject: string; html: string }> {
    const configured = this.#settings.config.auth.email.template[kind];
    const builtIn = defaultTemplates[kind];
    // Read again for each email, so that edits to a template file take effect at once.
    const html =
      configured?.content_path === undefined
        ? builtIn.html
        : await readFile(join(this.#settings.projectDir, configured.content_path), "utf8");
    return { subject: configured?.subject ?? builtIn.subject, html };
  }
}
