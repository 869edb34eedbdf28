import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { type LocalServer, serveLocally } from "../local-server.ts";
import { builtSite } from "./build.ts";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
};

/** The pages run their own scripts, and the REST reference sends requests to a stack on this computer. */
const policy = [
  "default-src 'self'",
  // Starlight sets the theme with a script in the page; the search is a WebAssembly module.
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Where the site is served, if the port is free. */
export const sitePort = 3001;

/** Serves the built site to this computer. */
export function serveSite(port: number): Promise<LocalServer> {
  return serveLocally((request, response) => {
    respond(request, response).catch(() => response.writeHead(500).end());
  }, port);
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const file = fileOf(pathname);
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (body === undefined && extname(pathname) === "" && !pathname.endsWith("/")) {
    response.writeHead(308, { location: `${pathname}/${search}` }).end();
    return;
  }
  const found = body ?? (await readFile(join(builtSite, "404.html")));
  const extension = body === undefined ? ".html" : extname(file ?? "");
  response.writeHead(body === undefined ? 404 : 200, {
    "cache-control": "no-cache",
    "content-security-policy": policy,
    "content-type": types[extension] ?? "application/octet-stream",
    "content-length": found.length,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : found);
}

/** The file of an address; undefined for one outside of the site. */
function fileOf(pathname: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const file = normalize(join(builtSite, path.endsWith("/") ? `${path}index.html` : path));
  return file.startsWith(builtSite + sep) && !path.includes("\0") ? file : undefined;
}
