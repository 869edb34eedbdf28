import { messageOf } from "../_shared/errors.ts";
import type { QueuedMail, Transport } from "./mail.ts";
import type { Queue } from "./queue.ts";
import { render } from "./templates.ts";

const batchSize = 20;
/** Few enough to end long before the platform's time limit. What is left waits for the next wake-up. */
const maxBatches = 5;

export interface Outcome {
  readonly sent: number;
  readonly failed: number;
}

/**
 * Sends the mails that are due. A mail that fails is reported and does not stop the others. When a worker
 * ends between sending and reporting, the mail is sent again; the idempotency key makes that harmless where
 * the transport supports it.
 */
export async function drain(queue: Queue, transport: Transport, from: string): Promise<Outcome> {
  let sent = 0;
  let failed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const mails = await queue.claim(batchSize);
    for (const mail of mails) {
      const problem = await deliver(mail, transport, from);
      if (problem === undefined) {
        await queue.sent(mail.id);
        sent += 1;
      } else {
        await queue.failed(mail.id, problem);
        failed += 1;
      }
    }
    if (mails.length < batchSize) break;
  }
  return { sent, failed };
}

/** Returns why the mail was not sent. The reason is stored, so it does not contain the recipient. */
async function deliver(
  mail: QueuedMail,
  transport: Transport,
  from: string,
): Promise<string | undefined> {
  const { recipient, idempotencyKey } = mail;
  try {
    await transport({ ...render(mail), from, to: recipient, idempotencyKey });
    return undefined;
  } catch (error) {
    return messageOf(error).replaceAll(recipient, "<recipient>").slice(0, 500);
  }
}
