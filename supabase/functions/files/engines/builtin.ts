import { EicarSearch, eicarName } from "./eicar.ts";
import type { Engine } from "./engine.ts";
import { ZipEntries } from "./zip-entries.ts";

/**
 * For development and tests: knows one signature, EICAR's, in the file itself and in the entries of a
 * ZIP archive. It finds no real malware and must not stand in production.
 */
export const builtin: Engine = {
  name: "builtin",
  scan: async (bytes, signal) => {
    const search = new EicarSearch();
    let isFound = false;
    let zip: ZipEntries | undefined;
    let isFirst = true;
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      if (isFirst && beginsLikeZip(chunk)) {
        zip = new ZipEntries(() => {
          const inside = new EicarSearch();
          return (unpacked) => {
            isFound ||= inside.push(unpacked);
          };
        });
      }
      isFirst = false;
      zip?.push(chunk);
      if (isFound || search.push(chunk)) return eicarName;
    }
    return undefined;
  },
  status: async () => ({
    engine: "builtin",
    ready: true,
    detail:
      "For development: finds the EICAR test signature, also inside ZIP archives, and no malware.",
  }),
};

const beginsLikeZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
