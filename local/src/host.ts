import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** The default address of a stack: only programs of this machine reach it. */
export const loopbackHost = "127.0.0.1";

const anyAddress = new Set(["0.0.0.0", "::"]);

/**
 * Returns the host for URLs of a stack that listens on an address. A stack that listens on all addresses is
 * reached from other devices under the machine's address in the local network.
 */
export function urlHost(host: string): string {
  const address = anyAddress.has(host) ? (networkAddress() ?? loopbackHost) : host;
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** The first IPv4 address of this machine that other devices can reach. */
function networkAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
}
