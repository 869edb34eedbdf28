import type { Plugin } from "esbuild";

/** Leaves out of a bundle what is loaded when it is first used. */
export const startOnly: Plugin = {
  name: "start-only",
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};
