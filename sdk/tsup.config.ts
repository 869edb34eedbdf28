import { defineConfig } from "tsup";

// JavaScript only: scripts/declarations.mjs has the compiler write the declarations.
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  sourcemap: true,
  clean: true,
  silent: true,
});
