import { type Descriptor, findRunning } from "../descriptor.ts";
import { table } from "./output.ts";

/** Prints a running stack's addresses and keys. The exit code is 1 when none runs with this data. */
export async function status(dataDir: string, format: string): Promise<number> {
  const print = formats[format];
  if (print === undefined) {
    throw new Error(`Unknown output format "${format}". Use pretty, env or json.`);
  }
  const descriptor = await findRunning(dataDir);
  if (descriptor === undefined) {
    console.error(`No stack is running with the data in ${dataDir}. Start one first.`);
    return 1;
  }
  console.log(print(descriptor));
  return 0;
}

const formats: Readonly<Record<string, (descriptor: Descriptor) => string>> = {
  pretty: (descriptor) => table(Object.entries(descriptor)),
  env: (descriptor) =>
    Object.entries(descriptor)
      .map(([name, value]) => `${name}="${value}"`)
      .join("\n"),
  json: (descriptor) => JSON.stringify(descriptor, null, 2),
};
