import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { unexpected } from "./errors.ts";
import type { Json } from "./shapes.ts";

const limits = { bytes: 200 * 1024, total: 5000, attempts: 3, pause: 2000 };
const loopback = new Set(["localhost", "127.0.0.1", "[::1]", "host.docker.internal"]);

/** Posts an event to an HTTP hook, signed as Standard Webhooks specifies, and returns the JSON response. */
export async function callEndpoint(
  uri: string,
  secrets: string,
  payload: Json,
  ownUrl: string,
): Promise<Json> {
  const url = parseHookUrl(uri, ownUrl);
  const body = JSON.stringify(payload);
  const signal = AbortSignal.timeout(limits.total);
  for (let attempt = 1; ; attempt += 1) {
    const headers = { "content-type": "application/json", ...signatures(secrets, body) };
    // Following a redirect would send the signed event to an address that is not configured.
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" })
      // A failed connection is retried while attempts and time remain.
      .catch(() => undefined);
    if (response !== undefined && !asksForRetry(response)) return readResponse(response);
    await response?.body?.cancel();
    if (attempt === limits.attempts || signal.aborted) {
      throw unexpected(`Failed to reach hook within ${limits.total / 1000} seconds`);
    }
    await new Promise((resolve) => setTimeout(resolve, limits.pause));
  }
}

/** Parses the hook's URI. Plain HTTP is allowed only for loopback hosts and for the stack itself. */
function parseHookUrl(uri: string, ownUrl: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isAllowed =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && (loopback.has(url.hostname) || url.origin === ownUrl));
  if (url === undefined || !isAllowed) {
    throw unexpected("The hook URI must use https, or http with a loopback host");
  }
  // Containers use this name for the host machine. This stack runs on the host itself.
  if (url.hostname === "host.docker.internal") url.hostname = "127.0.0.1";
  return url;
}

const asksForRetry = ({ status, headers }: Response): boolean =>
  (status === 429 || status === 503) && headers.has("retry-after");

async function readResponse(response: Response): Promise<Json> {
  const { status } = response;
  if (status === 204) return {};
  if (status !== 200 && status !== 202) {
    await response.body?.cancel();
    throw unexpected(`Unexpected status code returned from hook: ${status}`);
  }
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    await response.body?.cancel();
    throw unexpected("Invalid Content-Type header in the hook response: must be application/json");
  }
  const text = await readBounded(response, limits.bytes);
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw unexpected("The hook response is not valid JSON");
  }
}

async function readBounded(response: Response, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > bytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw unexpected("The hook response ended before it was complete");
  }
  if (size > bytes) throw unexpected(`The hook response exceeds ${bytes} bytes`);
  return Buffer.concat(chunks).toString();
}

/** Returns the Standard Webhooks headers, with one signature per secret so that secrets can be rotated. */
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
