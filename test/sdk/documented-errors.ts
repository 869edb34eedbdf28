import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packed.ts";

/** Returns the error codes that the TSDoc of an SDK method lists, for example of `projects.create`. */
export async function documentedErrors(method: string): Promise<ReadonlySet<string>> {
  const [name = "", namespace = ""] = method.split(".").reverse();
  const source = await readFile(join(root, "sdk/src", `${namespace}.ts`), "utf8");
  const docs = [
    ...source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\n {2}(?:async \*)?(\w+)[(<]/gs),
  ].filter(([, , documented]) => documented === name);
  if (docs.length === 0) throw new Error(`${method} has no TSDoc.`);
  const errors = docs.map(([, doc = ""]) => section(doc));
  const codes = errors.flatMap((text) => [...text.matchAll(/`([A-Z]+_?[A-Z_]*)`/g)]);
  const linked = errors.flatMap((text) => [...text.matchAll(/\{@link (\w+)\.(\w+)\}/g)]);
  const inherited = await Promise.all(
    linked.map(([, owner = "", link]) => documentedErrors(`${owner.toLowerCase()}.${link}`)),
  );
  return new Set([...codes.map(([, code = ""]) => code), ...inherited.flatMap((set) => [...set])]);
}

/** The text after `Errors:`, up to the example. */
function section(doc: string): string {
  const text = doc.replace(/\n\s*\* ?/g, " ");
  return text.split("Errors:")[1]?.split("@example")[0] ?? "";
}
