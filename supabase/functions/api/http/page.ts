import { html } from "../../_shared/html.ts";

/** What a small page shows to a person who followed a link in a mail. */
export interface Page {
  readonly title: string;
  readonly text: string;
  /** Posts to the address of the page itself. */
  readonly button?: string;
}

/**
 * Whether a browser asks. Browsers inside of apps may accept anything, but say that they open a document. Programs
 * that accept anything get JSON.
 */
export function wantsPage(headers: Headers): boolean {
  const accept = headers.get("accept") ?? "*/*";
  if (/(^|,)\s*text\/html\b/i.test(accept)) return true;
  return accept.includes("*/*") && headers.get("sec-fetch-dest") === "document";
}

/** A page may have styles and post to its own origin, and nothing else. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function htmlResponse(page: string, status = 200): Response {
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return new Response(page, { status, headers });
}

export const pageResponse = (page: Page, status?: number): Response =>
  htmlResponse(renderPage(page), status);

export function renderPage({ title, text, button }: Page): string {
  const form =
    button === undefined ? "" : html`<form method="post"><button>${button}</button></form>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} – OnSwift</title>
<style>
body{margin:0;display:grid;place-items:center;min-height:100vh;font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;padding:2rem}
h1{font-size:1.4rem}
button{font:inherit;font-weight:600;padding:.7rem 1.4rem;border:0;border-radius:.5rem;background:#5b3df5;color:#fff;cursor:pointer}
</style>
</head>
<body><main>
<h1>${title}</h1>
<p>${text}</p>
${form}
</main></body>
</html>
`.toString();
}
