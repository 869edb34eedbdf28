import type { QueuedMail, Transport } from "./mail.ts";
import type { Queue } from "./queue.ts";
import { render } from "./templates.ts";

const batchSize = 20;
/** Ends long before the platform would end the worker; what is left waits for the next wake-up. */
const maxBatches = 5;

export interface Outcome {
  readonly sent: number;
  readonly failed: number;
}

/**
 * Sends what is due. One mail's failure is reported and does not stop the others. A worker that dies
 * between sending and reporting leads to a second attempt, which the idempotency key makes harmless
 * where the transport honours it.
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

/** What went wrong, in words that may be stored: without the recipient. */
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
    const reason = error instanceof Error ? error.message : String(error);
    return reason.replaceAll(recipient, "<recipient>").slice(0, 500);
  }
}
