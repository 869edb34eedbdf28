import type { Settings } from "../settings.ts";

/** Returns the requested redirect URL if the project allows it, otherwise the site URL. */
export function allowedRedirect(settings: Settings, requested: string | undefined): string {
  const { site_url: site, additional_redirect_urls: patterns } = settings.config.auth;
  const url = requested ? parse(requested) : undefined;
  if (requested === undefined || url === undefined || url.username !== "" || url.password !== "") {
    return site;
  }
  const siteUrl = parse(site);
  if (url.protocol === siteUrl?.protocol && url.hostname === siteUrl.hostname) return requested;
  const withoutFragment = requested.split("#")[0] ?? "";
  return patterns.some(
    (pattern) => pattern === withoutFragment || glob(pattern).test(withoutFragment),
  )
    ? requested
    : site;
}

function parse(text: string): URL | undefined {
  // Browsers ignore or rewrite these characters, so the URL they open can differ from the one checked.
  if (/[\t\r\n\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ["javascript:", "data:", "vbscript:"].includes(url.protocol) ? undefined : url;
}

/** Compiles a pattern: `*` matches any text without `.` and `/`, `**` any text, `?` one character but those. */
function glob(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((piece) => {
      if (piece === "**") return ".*";
      if (piece === "*") return "[^./]*";
      if (piece === "?") return "[^./]";
      return piece.replace(/[\\^$.+()[\]{}|]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`);
}
