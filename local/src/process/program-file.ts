import { extname } from "node:path";

/**
 * The file of a program of ours beside the module at `from`, by its name without extension: TypeScript in a
 * checkout, JavaScript in the npm package.
 */
export const programFile = (name: string, from: string): URL =>
  new URL(`${name}${extname(new URL(from).pathname)}`, from);
