import type { Environment } from "../../_shared/environment.ts";
import { builtin } from "./builtin.ts";
import { clamd } from "./clamd.ts";
import type { Engine } from "./engine.ts";

/**
 * clamd when its address is set. The built-in engine only when it is configured by name, so that a production
 * project without a scanner does not serve unscanned files.
 */
export function chooseEngine(env: Environment): Engine {
  const hostname = env("CLAMD_HOST");
  if (hostname) return clamd({ hostname, port: portOf(env("CLAMD_PORT")) });
  if (env("SCAN_ENGINE") === "builtin") return builtin;
  const detail = "No scanner is configured. Set CLAMD_HOST; files wait until then.";
  return {
    name: "none",
    scan: () => Promise.reject(new Error(detail)),
    status: async () => ({ engine: "none", ready: false, detail }),
  };
}

function portOf(text: string | undefined): number {
  const port = Number(text || 3310);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`CLAMD_PORT must be a port number, but is "${text}".`);
}
