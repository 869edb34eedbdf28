import { type Descriptor, findRunning } from "../descriptor.ts";
import { table } from "./output.ts";

/** Prints a running stack's addresses and keys; exit code 1 when none runs with this data. */
export async function status(dataDir: string, format: string): Promise<number> {
  const print = formats[format];
  if (print === undefined) {
    throw new Error(`There is no output format "${format}": pretty, env or json.`);
  }
  const descriptor = await findRunning(dataDir);
  if (descriptor === undefined) {
    console.error("Nothing is running with this data. Start it first.");
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
