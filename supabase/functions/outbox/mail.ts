/** A row of the outbox, as `private.claim_mail` returns it. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The same for every attempt, so that a transport can drop the second of two. */
  readonly idempotencyKey: string;
}

/** A rendered mail. */
export interface Content {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** In addition to the headers that every mail has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Mail extends Content {
  readonly from: string;
  readonly to: string;
  readonly idempotencyKey: string;
}

/** Sends a mail. Rejects when the mail was not accepted. */
export type Transport = (mail: Mail) => Promise<void>;
