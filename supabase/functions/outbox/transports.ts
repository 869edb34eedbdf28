import type { Environment } from "../_shared/environment.ts";
import type { Transport } from "./mail.ts";

const timeoutMs = 10_000;

/** Resend where there is a key for it, else the local mail capture; without either nothing can be sent. */
export function transportOf(env: Environment, send: typeof fetch = fetch): Transport {
  const resendKey = env("RESEND_API_KEY");
  if (resendKey) return resend(resendKey, send);
  const captureUrl = env("MAIL_CAPTURE_URL");
  if (captureUrl) return capture(captureUrl.replace(/\/$/, ""), send);
  return async () => {
    throw new Error("No mail transport: set RESEND_API_KEY.");
  };
}

function resend(key: string, send: typeof fetch): Transport {
  return async ({ from, to, subject, html, text, headers, idempotencyKey }) => {
    const credentials = { authorization: `Bearer ${key}`, "idempotency-key": idempotencyKey };
    const body = { from, to: [to], subject, html, text, ...(headers ? { headers } : {}) };
    await post(send, "https://api.resend.com/emails", credentials, body);
  };
}

/** Mailpit's send API. */
function capture(url: string, send: typeof fetch): Transport {
  return async ({ from, to, subject, html, text, headers }) => {
    const body = {
      From: address(from),
      To: [address(to)],
      Subject: subject,
      HTML: html,
      Text: text,
      ...(headers ? { Headers: headers } : {}),
    };
    await post(send, `${url}/api/v1/send`, {}, body);
  };
}

/** `OnSwift <mail@onswift.example>` in its two parts. */
function address(value: string): { Email: string; Name?: string } {
  const [, name, email] = /^(.*?)\s*<([^<>]+)>$/.exec(value) ?? [];
  return email === undefined ? { Email: value } : { Email: email, ...(name ? { Name: name } : {}) };
}

async function post(
  send: typeof fetch,
  url: string,
  headers: Record<string, string>,
  body: object,
): Promise<void> {
  const response = await send(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await response.text();
  if (response.ok) return;
  throw new Error(`${new URL(url).host} answered ${response.status}: ${answer.slice(0, 300)}`);
}
