/** A row of the outbox, as `private.claim_mail` hands it out. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The same for every attempt, so that a transport can drop the second of two. */
  readonly idempotencyKey: string;
}

/** What a template makes of it. */
export interface Content {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Besides those that every mail has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Mail extends Content {
  readonly from: string;
  readonly to: string;
  readonly idempotencyKey: string;
}

/** Hands a mail over; rejects when it was not taken. */
export type Transport = (mail: Mail) => Promise<void>;
