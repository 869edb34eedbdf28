import { EicarSearch, eicarName } from "./eicar.ts";
import type { Engine } from "./engine.ts";
import { ZipEntries } from "./zip-entries.ts";

/**
 * For development and tests: finds one signature, that of the EICAR test file, in the file itself and in the
 * entries of a ZIP archive. It finds no real malware and must not be used in production.
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
      if (isFirst && startsLikeZip(chunk)) {
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
      "For development only: finds the EICAR test signature, also inside ZIP archives, but no malware.",
  }),
};

const startsLikeZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
