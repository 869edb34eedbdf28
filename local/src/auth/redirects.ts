import type { Settings } from "../settings.ts";

/** Where a link may lead: the wish when the project allows it, else the site. */
export function allowedRedirect(settings: Settings, wish: string | undefined): string {
  const { site_url: site, additional_redirect_urls: more } = settings.config.auth;
  const url = wish ? parse(wish) : undefined;
  if (wish === undefined || url === undefined || url.username !== "" || url.password !== "") {
    return site;
  }
  const home = parse(site);
  if (url.protocol === home?.protocol && url.hostname === home.hostname) return wish;
  const bare = wish.split("#")[0] ?? "";
  return more.some((pattern) => pattern === bare || glob(pattern).test(bare)) ? wish : site;
}

function parse(text: string): URL | undefined {
  // Browsers skip these, so that an address may not be what it looks like.
  if (/[\t\r\n\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ["javascript:", "data:", "vbscript:"].includes(url.protocol) ? undefined : url;
}

/** `*` stays within a part of the address, `**` does not, `?` is one character. */
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
