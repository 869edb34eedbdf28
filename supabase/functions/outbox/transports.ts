import { Resend } from "resend";
import type { Environment } from "../_shared/environment.ts";
import type { Transport } from "./mail.ts";

const timeoutMs = 10_000;

/** Resend when its key is set, otherwise the local mail capture. Without either nothing can be sent. */
export function createTransport(env: Environment): Transport {
  const resendKey = env("RESEND_API_KEY");
  if (resendKey) return resend(resendKey, env("RESEND_BASE_URL"));
  const captureUrl = env("MAIL_CAPTURE_URL");
  if (captureUrl) return capture(captureUrl.replace(/\/$/, ""));
  return async () => {
    throw new Error("No mail transport is configured. Set RESEND_API_KEY.");
  };
}

function resend(key: string, baseUrl: string | undefined): Transport {
  const client = new Resend(key, baseUrl ? { baseUrl } : {});
  return async ({ from, to, subject, html, text, headers, idempotencyKey }) => {
    const message = { from, to, subject, html, text, ...(headers ? { headers } : {}) };
    const options = { idempotencyKey, signal: AbortSignal.timeout(timeoutMs) };
    const { error } = await client.emails.send(message, options);
    if (error === null) return;
    const { statusCode, name, message: reason } = error;
    throw new Error(`Resend answered ${statusCode ?? "nothing"} (${name}): ${reason}`);
  };
}

/** The send API of Mailpit. */
function capture(url: string): Transport {
  return async ({ from, to, subject, html, text, headers }) => {
    const response = await fetch(`${url}/api/v1/send`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        From: addressOf(from),
        To: [addressOf(to)],
        Subject: subject,
        HTML: html,
        Text: text,
        ...(headers ? { Headers: headers } : {}),
      }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = await response.text();
    if (response.ok) return;
    throw new Error(`The mail capture answered ${response.status}: ${answer.slice(0, 300)}`);
  };
}

/** Splits `OnSwift <mail@onswift.example>` into its two parts. */
function addressOf(value: string): { Email: string; Name?: string } {
  const [, name, email] = /^(.*?)\s*<([^<>]+)>$/.exec(value) ?? [];
  return email === undefined ? { Email: value } : { Email: email, ...(name ? { Name: name } : {}) };
}
