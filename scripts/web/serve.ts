import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import { type LocalServer, serveLocally } from "../local-server.ts";
import { builtApp } from "./build.ts";
import { demo, isLocal } from "./demo.ts";
import { readFiles, type WebFile } from "./files.ts";
import { always, ofPage } from "./headers.ts";

export interface WebOptions {
  /** Where the page finds its backend. */
  readonly url: string;
  readonly key: string;
  /** `0` takes any free port. */
  readonly port: number;
  /** Whether the page offers the seeded accounts. They are sent to this computer only. */
  readonly seeded: boolean;
  /** The built app. */
  readonly folder?: string;
}

interface Site {
  readonly files: ReadonlyMap<string, WebFile>;
  /** The headers of the page. */
  readonly page: ReturnType<typeof ofPage>;
}

/** Serves the built web app to this computer. Addresses that are no file show the app, which has its own routes. */
export async function serveWebApp(options: WebOptions): Promise<LocalServer> {
  const site = { files: await readFiles(options.folder ?? builtApp), page: ofPage(options.url) };
  return serveLocally(
    (request, response) => respond(request, response, options, site),
    options.port,
  );
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { url, key, seeded }: WebOptions,
  site: Site,
): void {
  const refuse = (status: number, headers = {}) =>
    response.writeHead(status, { ...always, ...headers }).end();
  // Another name that leads here would be another site reaching into this computer.
  if (!isLocal(request.headers.host ?? "")) return void refuse(421);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return void refuse(405, { allow: "GET, HEAD" });
  }
  const [path = "/"] = (request.url ?? "/").split("?");
  if (path === "/config.json") {
    const config = JSON.stringify({ url, key, ...(seeded && { demo }) });
    const type = { "content-type": "application/json", "cache-control": "no-store" };
    response.writeHead(200, { ...always, ...type }).end(config);
    return;
  }
  const isPage = extname(path) === "" || path === "/index.html";
  const file = site.files.get(isPage ? "/index.html" : path);
  if (file === undefined) return void refuse(404);
  const compresses = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = compresses ? file.compressed : file.plain;
  // Built files have a hash of their content in their names.
  const isFixed = path.startsWith("/assets/");
  response.writeHead(200, {
    ...always,
    ...(isPage && site.page),
    ...(compresses && { "content-encoding": "gzip" }),
    "cache-control": isFixed ? "public, max-age=31536000, immutable" : "no-cache",
    "content-length": body.length,
    "content-type": file.type,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
