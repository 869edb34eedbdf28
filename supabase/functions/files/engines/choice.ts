import type { Environment } from "../../_shared/environment.ts";
import { builtin } from "./builtin.ts";
import { clamd } from "./clamd.ts";
import type { Engine } from "./engine.ts";

/**
 * clamd where there is an address of one. The built-in engine only where it was asked for by name: a
 * production that forgot its scanner must not serve files unscanned.
 */
export function engineOf(env: Environment): Engine {
  const hostname = env("CLAMD_HOST");
  if (hostname) return clamd({ hostname, port: portOf(env("CLAMD_PORT")) });
  if (env("SCAN_ENGINE") === "builtin") return builtin;
  const detail = "There is no scanner: set CLAMD_HOST. Files wait until there is one.";
  return {
    name: "none",
    scan: () => Promise.reject(new Error(detail)),
    status: async () => ({ engine: "none", ready: false, detail }),
  };
}

function portOf(text: string | undefined): number {
  const port = Number(text || 3310);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`CLAMD_PORT is "${text}", which is not a port.`);
}
