import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/**
 * Gives every Mantine component that is used its own styles, in place of the styles of all: a screen downloads what
 * it shows. The names of a component's classes are in one module, and its styles have the same name.
 */
const componentStyles: Plugin = {
  name: "component-styles",
  apply: "build",
  transform: {
    filter: { id: /@mantine\/core\/esm\/.+\.module\.mjs$/ },
    handler(code, id) {
      const name = /([^/]+)\.module\.mjs$/.exec(id)?.[1];
      return { code: `import "@mantine/core/styles/${name}.css";\n${code}`, map: null };
    },
  },
};

/** What many screens use, but only in the dialogs, menus and forms that a person opens. */
const onlyOnceOpened =
  /src\/screens|esm\/components\/(Modal|Menu|Popover|Floating|Overlay|ScrollArea|FocusTrap|Input|Text(area|Input))|remove-scroll|floating-ui/;

export default defineConfig({
  plugins: [react(), componentStyles],
  // Where `npm start -- --web` serves the built app; the same origin keeps links in mails working.
  server: { host: "127.0.0.1", port: 3000, strictPort: true },
  build: {
    // The first versions with light-dark(), which the two themes are made of.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The page's policy allows files of its own origin only, so nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What many screens share is one file: small files pack worse, and each has a price of its own.
          groups: [
            {
              name: "base",
              test: (id) => !onlyOnceOpened.test(id) && !id.endsWith("/app.css"),
              minShareCount: 8,
            },
          ],
        },
      },
    },
  },
});
