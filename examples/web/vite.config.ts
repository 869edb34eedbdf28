import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // Where `npm start -- --web` serves the built app; the same origin keeps links in mails working.
  server: { host: "127.0.0.1", port: 3000, strictPort: true },
  build: {
    // The first versions with light-dark(), which the two themes are made of.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The page's policy allows files of its own origin only, so nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
