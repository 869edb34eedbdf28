import { defineConfig } from "tsup";

// JavaScript only: scripts/declarations.mjs has the compiler write the declarations.
export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/queries.ts", "src/react.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  // What the entry `node` uses is named as Deno knows it too.
  external: [/^node:/],
  removeNodeProtocol: false,
  // Names stay readable, in stack traces and when a client is printed: an app's own bundler shortens them. The maps
  // lead back to the source.
  esbuildOptions(options) {
    options.minifySyntax = true;
    options.minifyWhitespace = true;
  },
  sourcemap: true,
  clean: true,
  silent: true,
});
