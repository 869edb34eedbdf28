import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { builtApp } from "./build.ts";
import { demo, isLocal } from "./demo.ts";

export interface WebOptions {
  /** Where the page finds its backend. */
  readonly url: string;
  readonly key: string;
  /** `0` takes any free port. */
  readonly port: number;
  /** Whether the page offers the seeded accounts. They are sent to this computer only. */
  readonly seeded: boolean;
}

export interface WebServer {
  readonly url: string;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

const compress = promisify(gzip);

interface Content {
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

async function contentOf(path: string): Promise<Content> {
  const plain = await readFile(path);
  return { plain, compressed: await compress(plain) };
}

/** Serves the built web app to this computer. Addresses that are no file show the app, which has its own routes. */
export async function serveWebApp(options: WebOptions): Promise<WebServer> {
  const files = new Map<string, Promise<Content>>();
  const read = (path: string) => {
    const known = files.get(path) ?? contentOf(path);
    files.set(path, known);
    return known;
  };
  const server = createServer((request, response) => {
    respond(request, response, options, read).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { url, key, seeded }: WebOptions,
  read: (path: string) => Promise<Content>,
): Promise<void> {
  // Another name that leads here would be another site reaching into this computer.
  if (!isLocal(request.headers.host ?? "")) {
    response.writeHead(421).end();
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const path = decodeURI(new URL(request.url ?? "/", "http://localhost").pathname);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  if (path === "/config.json") {
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ url, key, ...(seeded && { demo }) }));
    return;
  }
  const file = normalize(join(builtApp, path));
  const isFile = file.startsWith(join(builtApp, sep)) && extname(path) !== "";
  const content = await read(isFile ? file : join(builtApp, "index.html")).catch(() => undefined);
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  const extension = isFile ? extname(path) : ".html";
  if (extension === ".html") response.setHeader("content-security-policy", policy(url));
  const compresses = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = compresses ? content.compressed : content.plain;
  // Built files have a hash of their content in their names.
  const isFixed = path.startsWith("/assets/");
  response.writeHead(200, {
    "cache-control": isFixed ? "public, max-age=31536000, immutable" : "no-cache",
    ...(compresses && { "content-encoding": "gzip" }),
    vary: "accept-encoding",
    "content-length": body.length,
    "content-type": types[extension] ?? "application/octet-stream",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Only this app's own scripts run, and they reach only its backend. */
function policy(backend: string): string {
  const origin = new URL(backend).origin;
  const socket = origin.replace(/^http/, "ws");
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Components place popovers and colours with style attributes.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: ${origin}`,
    `media-src ${origin}`,
    `connect-src 'self' ${origin} ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
