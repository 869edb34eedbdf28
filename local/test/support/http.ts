import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends one request. Unlike `fetch`, it allows hop-by-hop headers and the Host header. */
export function ask(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  const { method = "GET", body } = options;
  // Set explicitly, because Node sends the body of a DELETE without framing otherwise.
  const framing =
    body === undefined || options.headers?.["transfer-encoding"] !== undefined
      ? {}
      : { "content-length": Buffer.byteLength(body) };
  const headers = { ...framing, ...options.headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          get json() {
            return JSON.parse(text);
          },
        });
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Polls until a condition holds, so that tests do not wait for fixed times. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeout = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited too long: ${what}.`);
}
