import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { unexpected } from "./errors.ts";
import type { Json } from "./shapes.ts";

const limits = { bytes: 200 * 1024, total: 5000, attempts: 3, pause: 2000 };
const loopback = new Set(["localhost", "127.0.0.1", "[::1]", "host.docker.internal"]);

/** Posts an event to a hook's address, signed as Standard Webhooks says, and reads what it answers. */
export async function callEndpoint(uri: string, secrets: string, payload: Json): Promise<Json> {
  const url = addressOf(uri);
  const body = JSON.stringify(payload);
  const signal = AbortSignal.timeout(limits.total);
  for (let attempt = 1; ; attempt += 1) {
    const headers = { "content-type": "application/json", ...signatures(secrets, body) };
    // A redirect would take the signed event to an address nobody configured.
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" })
      // No answer at all is worth another attempt, while there is time.
      .catch(() => undefined);
    if (response !== undefined && !asksForRetry(response)) return readAnswer(response);
    await response?.body?.cancel();
    if (attempt === limits.attempts || signal.aborted) {
      throw unexpected(`Failed to reach hook within ${limits.total / 1000} seconds`);
    }
    await new Promise((resolve) => setTimeout(resolve, limits.pause));
  }
}

/** Plain HTTP only stays on this machine. */
function addressOf(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isAllowed =
    url?.protocol === "https:" || (url?.protocol === "http:" && loopback.has(url.hostname));
  if (url === undefined || !isAllowed) {
    throw unexpected("The hook's address must be https, or http on this machine");
  }
  // The name that containers give to this machine; here it is the machine itself.
  if (url.hostname === "host.docker.internal") url.hostname = "127.0.0.1";
  return url;
}

const asksForRetry = ({ status, headers }: Response): boolean =>
  (status === 429 || status === 503) && headers.has("retry-after");

async function readAnswer(response: Response): Promise<Json> {
  const { status } = response;
  if (status === 204) return {};
  if (status !== 200 && status !== 202) {
    await response.body?.cancel();
    throw unexpected(`Unexpected status code returned from hook: ${status}`);
  }
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    await response.body?.cancel();
    throw unexpected("Invalid Content-Type header of the hook's answer: must be application/json");
  }
  const text = await readUpTo(response, limits.bytes);
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw unexpected("The hook's answer is not JSON");
  }
}

async function readUpTo(response: Response, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > bytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw unexpected("The hook's answer ended early");
  }
  if (size > bytes) throw unexpected(`The hook's answer exceeds ${bytes} bytes`);
  return Buffer.concat(chunks).toString();
}

/** Standard Webhooks headers, one signature for each secret, so that secrets can be rotated. */
function signatures(secrets: string, body: string): Record<string, string> {
  const id = randomUUID();
  const at = new Date();
  const signed = secrets
    .split("|")
    .map((secret) => secret.trim())
    .filter((secret) => secret.startsWith("v1,whsec_"))
    .map((secret) => new Webhook(secret.slice("v1,".length)).sign(id, at, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signed.join(", "),
  };
}
