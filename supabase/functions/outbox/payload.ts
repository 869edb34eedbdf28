import type { QueuedMail } from "./mail.ts";

export type Payload = QueuedMail["payload"];

/** A text that the mail cannot be written without. */
export function requiredText(payload: Payload, key: string): string {
  const value = payload[key];
  if (typeof value !== "string") throw new Error(`The payload of the mail has no "${key}".`);
  return value;
}

/** A link that is safe to click on. */
export function requiredLink(payload: Payload, key: string): string {
  const url = new URL(requiredText(payload, key));
  if (!/^https?:$/.test(url.protocol)) throw new Error(`"${key}" is not a web address.`);
  return url.href;
}

/** A text that may be missing; empty then. */
export const optionalText = (payload: Payload, key: string): string => {
  const value = payload[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
