import type { QueuedMail } from "./mail.ts";

export type Payload = QueuedMail["payload"];

/** A text the mail cannot do without. */
export function words(payload: Payload, key: string): string {
  const value = payload[key];
  if (typeof value !== "string") throw new Error(`The mail's payload has no "${key}".`);
  return value;
}

/** Only what a reader may safely click on. */
export function link(payload: Payload, key: string): string {
  const url = new URL(words(payload, key));
  if (!/^https?:$/.test(url.protocol)) throw new Error(`"${key}" is not a web address.`);
  return url.href;
}

/** A text the mail can do without: empty where the database had none. */
export const maybe = (payload: Payload, key: string): string => {
  const value = payload[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
