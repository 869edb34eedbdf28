import type { Settings } from "../settings.ts";

/** Where a link may lead: the wish when the project allows it, else the site. */
export function allowedRedirect(settings: Settings, wish: string | undefined): string {
  const { site_url: site, additional_redirect_urls: more } = settings.config.auth;
  if (!wish) return site;
  let url: URL;
  try {
    url = new URL(wish);
  } catch {
    return site;
  }
  if (url.username !== "" || url.password !== "") return site;
  if (url.protocol === "javascript:" || url.protocol === "data:") return site;
  const home = new URL(site);
  if (url.protocol === home.protocol && url.host === home.host) return wish;
  const bare = wish.split("#")[0] ?? "";
  return more.some((pattern) => pattern === bare || glob(pattern).test(bare)) ? wish : site;
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
