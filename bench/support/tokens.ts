/** Access tokens of the generated people, who have sessions and no passwords. */
import { createHmac } from "node:crypto";
import type { Person } from "../../test/plans/people.ts";

export function tokenOf({ claims }: Person, secret: string): string {
  const now = Math.floor(Date.now() / 1000);
  const body = { ...claims, aud: "authenticated", aal: "aal1", iat: now, exp: now + 3600 };
  const encoded = [{ alg: "HS256", typ: "JWT" }, body]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${encoded}.${createHmac("sha256", secret).update(encoded).digest("base64url")}`;
}
