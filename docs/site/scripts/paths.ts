import { join } from "node:path";

export const site = join(import.meta.dirname, "..");
/** The folder of the repository. */
export const root = join(site, "../..");
export const repository = "https://github.com/onswift/onswift";
/** Generated: what Astro reads as pages, and what it copies. */
export const pagesFolder = join(site, "generated/pages");
export const publicFolder = join(site, "generated/public");
