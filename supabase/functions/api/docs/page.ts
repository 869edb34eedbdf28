import { html } from "../../_shared/html.ts";

/** Where callers reach the API, as in the OpenAPI document. */
const base = "/functions/v1/api";

/** Nothing leaves this origin: no fonts, no proxy, no telemetry, no assistant. */
const configuration = {
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  persistAuth: false,
  defaultOpenAllTags: true,
};

/** The page runs our own script, and talks to our own origin. Scalar writes styles into the page. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const docsPage = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OnSwift API</title>
</head>
<body>
<noscript>This page needs JavaScript. The same is in <a href="${base}/openapi.json">openapi.json</a>.</noscript>
<script id="api-reference" data-url="${base}/openapi.json" data-configuration="${JSON.stringify(configuration)}"></script>
<script src="${base}/docs/scalar.js"></script>
</body>
</html>
`.toString();
