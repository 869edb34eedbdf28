export { type ResetOptions, resetDatabase } from "./database.ts";
export { type Descriptor, findRunning } from "./descriptor.ts";
export { denoBinary, denoEnvironment } from "./functions/deno.ts";
export type { PartHealth, PartState } from "./parts.ts";
export type { RequestedPorts } from "./ports.ts";
export { type PgtapResult, runPgtap } from "./postgres/pgtap.ts";
export type { TapReport } from "./postgres/tap.ts";
export { Stack, type StackOptions } from "./stack.ts";
export type { OnStep } from "./steps.ts";
