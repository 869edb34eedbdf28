/**
 * The client's IP address as the platform's proxy reports it: the first one in the header. Choose a header that
 * the proxy overwrites; callers can set all others.
 */
export const clientAddress = (headers: Headers, header = "x-forwarded-for"): string =>
  headers.get(header)?.split(",")[0]?.trim().slice(0, 64) || "unknown";

/**
 * The key under which a limit counts an address. One customer can use all addresses of an IPv6 network, so
 * the network (/64) counts as a whole.
 */
export function addressBucket(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.toLowerCase().split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length);
  const whole = [...groups, ...Array<string>(missing).fill("0"), ...last];
  return `${whole.slice(0, 4).map(withoutZeros).join(":")}::/64`;
}

const withoutZeros = (group: string) => group.replace(/^0+(?=.)/, "");
