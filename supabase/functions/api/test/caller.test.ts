import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { addressBucket, clientAddress } from "../caller/address.ts";
import { keyFinder } from "../caller/keys.ts";
import { requestCounter } from "../caller/limits.ts";
import { tokenVerifier } from "../caller/token.ts";
import { ApiError } from "../http/errors.ts";
import { accessToken, standIn, userId } from "./stand-in.ts";

const claimed = () => new SignJWT({ role: "authenticated" }).setSubject(userId);

Deno.test("an operation for users requires the token of a signed-in user", async () => {
  const { send, calls } = standIn();
  const tries: Record<string, string | undefined> = {
    none: undefined,
    garbage: "Bearer abc.def.ghi",
    basic: "Basic dXNlcjpwYXNz",
    "publishable key": "Bearer sb_publishable_x",
    expired: `Bearer ${await accessToken({}, "-1m")}`,
    anonymous: `Bearer ${await accessToken({ role: "anon" })}`,
    service: `Bearer ${await accessToken({ role: "service_role" })}`,
    unsigned: `Bearer ${new UnsecuredJWT({ role: "authenticated", sub: userId }).setAudience("authenticated").setExpirationTime("1h").encode()}`,
    tampered: `Bearer ${(await accessToken()).slice(0, -4)}AAAA`,
  };
  for (const [name, authorization] of Object.entries(tries)) {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const response = await send("GET", "/users/me", { headers });
    assert.equal(response.status, 401, name);
    assert.equal((await response.json()).error.code, "NOT_AUTHENTICATED", name);
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.equal(response.headers.get("x-ratelimit-limit"), "60", name);
  }
  assert.equal(calls.length, 0);
});

Deno.test("the database gets the claims of a valid token, and reads run in read-only transactions", async () => {
  const { signedIn, calls } = standIn();
  const response = await signedIn("GET", "/users/me");
  assert.equal(response.headers.get("x-ratelimit-limit"), "100");
  await signedIn("PUT", "/users/me", { bio: null });
  assert.deepEqual(calls, [
    { name: "get_me", args: {}, role: "authenticated", readOnly: true },
    { name: "update_me", args: { patch: { bio: null } }, role: "authenticated", readOnly: false },
  ]);
});

Deno.test("asymmetric keys are accepted, fetched when unknown, and never used as a secret", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256" };
  const sign = (kid: string) =>
    claimed()
      .setProtectedHeader({ alg: "ES256", kid })
      .setAudience("authenticated")
      .setExpirationTime("1h")
      .sign(privateKey);

  let fetched = 0;
  const verify = tokenVerifier(
    keyFinder([], async () => {
      fetched += 1;
      return [jwk];
    }),
  );
  assert.equal((await verify(await sign("k1"))).sub, userId);
  await assert.rejects(verify(await sign("other")), ApiError);
  await assert.rejects(verify(await sign("another")), ApiError);
  assert.equal(fetched, 1, "unknown key ids do not cause a request each");

  const confused = await claimed()
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .setAudience("authenticated")
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(JSON.stringify(jwk)));
  await assert.rejects(verify(confused), ApiError);
});

Deno.test("the first forwarded address is the client's, and an IPv6 network counts as one address", () => {
  const from = (value: string) => clientAddress(new Headers({ "x-forwarded-for": value }));
  assert.equal(from("203.0.113.9, 10.0.0.1"), "203.0.113.9");
  assert.equal(clientAddress(new Headers()), "unknown");
  const hosted = new Headers({ "x-forwarded-for": "1.2.3.4", "cf-connecting-ip": "203.0.113.7" });
  assert.equal(clientAddress(hosted, "cf-connecting-ip"), "203.0.113.7");
  assert.equal(addressBucket("203.0.113.9"), "203.0.113.9");
  assert.equal(addressBucket("::ffff:203.0.113.9"), "203.0.113.9");
  assert.equal(addressBucket("2001:0db8::1"), addressBucket("2001:db8:0:0:ffff::2"));
  assert.notEqual(addressBucket("2001:db8:0:1::1"), addressBucket("2001:db8::1"));
});

Deno.test("requests over the limit are 429 without reaching the database until the limit ends", async () => {
  let asked = 0;
  let now = 0;
  const count = requestCounter(
    {
      countRequest: async () => {
        asked += 1;
        return { allowed: asked < 2, limit: 60, remaining: 0, resetSeconds: 30 };
      },
    },
    () => now,
  );
  const { send } = standIn({}, { count });
  assert.equal((await send("GET", "/skills")).status, 200);
  for (let i = 0; i < 3; i += 1) {
    const refused = await send("GET", "/skills");
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "30");
    assert.equal(refused.headers.get("x-ratelimit-remaining"), "0");
    assert.equal((await refused.json()).error.code, "RATE_LIMITED");
  }
  assert.equal(asked, 2);
  now = 30_001;
  await send("GET", "/skills");
  assert.equal(asked, 3);
});
