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
  // The maps lead stack traces back to the source.
  minify: true,
  sourcemap: true,
  clean: true,
  silent: true,
});
