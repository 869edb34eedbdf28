import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";
import { navigation } from "./scripts/sidebar.ts";

export default defineConfig({
  // Written by scripts/generate.ts from the Markdown of the repository.
  publicDir: "generated/public",
  telemetry: false,
  trailingSlash: "always",
  integrations: [
    starlight({
      title: "OnSwift",
      description:
        "The backend of a two-sided creative marketplace with project management, on Supabase.",
      favicon: "/icon.svg",
      social: [{ icon: "github", label: "GitHub", href: "https://github.com/onswift/onswift" }],
      customCss: ["./src/site.css"],
      sidebar: await navigation(),
      // The sources have no dates in their text, and a build is the same in every clone.
      lastUpdated: false,
      pagefind: true,
      expressiveCode: { themes: ["github-dark", "github-light"] },
    }),
  ],
});
