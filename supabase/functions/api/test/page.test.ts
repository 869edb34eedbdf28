import assert from "node:assert/strict";
import { ApiError, type ErrorCode } from "../http/errors.ts";
import { shortened } from "../http/log.ts";
import type { Outcome } from "../operation.ts";
import { verifiedPage } from "../routes/mail-links.ts";
import { standIn } from "./stand-in.ts";

const html = { accept: "text/html" };

Deno.test("without an app, a browser sees a small page after it confirmed an address", async () => {
  const api = standIn({ verify_email: { verified: true } });
  const response = await api.send("GET", "/auth/verify-email?token=x", { headers: html });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(await response.text(), /Your email address is confirmed/);
  assert.equal(response.headers.get("cache-control"), "no-store");

  const json = await api.send("GET", "/auth/verify-email?token=x");
  assert.deepEqual(await json.json(), { verified: true });
});

Deno.test("a browser that does not ask for HTML sees the page, too", async () => {
  const api = standIn({ verify_email: { verified: true } });
  const headers = { accept: "*/*", "sec-fetch-dest": "document" };
  const page = await api.send("GET", "/auth/verify-email?token=x", { headers });
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  for (const other of [
    { accept: "*/*", "sec-fetch-dest": "empty" },
    { accept: "application/json", "sec-fetch-dest": "document" },
  ]) {
    const json = await api.send("GET", "/auth/verify-email?token=x", { headers: other });
    assert.deepEqual(await json.json(), { verified: true });
  }
});

Deno.test("a browser sees why an address was not confirmed", async () => {
  const pages = [
    [
      "INVALID_VERIFICATION_TOKEN",
      400,
      /This link does not work[\s\S]*Sign in to request a new one/,
    ],
    ["EMAIL_EXISTS", 409, /This address is taken/],
    ["RATE_LIMITED", 429, /Try again shortly[\s\S]*Too many/],
    ["SERVICE_UNAVAILABLE", 503, /Try again shortly/],
  ] as const;
  for (const [code, status, text] of pages) {
    const error = new ApiError(code, "Too many requests.", { retryAfter: 30 });
    const api = standIn({ verify_email: error });
    const page = await api.send("GET", "/auth/verify-email?token=x", { headers: html });
    assert.equal(page.status, status);
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(await page.text(), text);
    assert.equal(page.headers.get("retry-after"), "30");
  }
});

Deno.test("an app is told of the result, unless the link may work shortly", async () => {
  const outcome = (error?: ApiError) =>
    verifiedPage({
      ...(error ? { error } : { body: "{}" }),
      database: { siteUrl: async () => "https://app.example" },
    } as Outcome);
  const errorOf = (code: ErrorCode) => outcome(new ApiError(code, "Try again."));
  const location = async (page: Promise<Response>) => (await page).headers.get("location");
  assert.equal(await location(outcome()), "https://app.example/?emailVerified=true");
  assert.equal(
    await location(errorOf("INVALID_VERIFICATION_TOKEN")),
    "https://app.example/?error=INVALID_VERIFICATION_TOKEN",
  );
  for (const code of ["RATE_LIMITED", "SERVICE_UNAVAILABLE"] as const) {
    const page = await errorOf(code);
    assert.equal(page.headers.get("location"), null);
    assert.match(await page.text(), /Try again shortly/);
  }
});

Deno.test("a page has no markup of the input", async () => {
  const api = standIn({ follow_unsubscribe_link: { type: "<script>" } });
  const response = await api.send("GET", "/notifications/unsubscribe?token=<b>", { headers: html });
  assert.doesNotMatch(await response.text(), /<script|<b>/);
});

Deno.test("long names of parameters and long log lines are cut", async () => {
  const api = standIn();
  const query = Array.from({ length: 80 }, (_, n) => `${"k".repeat(300)}${n}=1`).join("&");
  const response = await api.send("GET", `/skills?${query}`);
  const { error } = await response.json();
  assert.equal(error.details.length, 50);
  assert.ok(error.details.every(({ field }: { field: string }) => field.length <= 100));

  const line = shortened({
    requestId: "1",
    method: "X".repeat(9000),
    route: undefined,
    status: 500,
    ms: 1,
    fault: "y".repeat(9000),
  });
  assert.ok(JSON.stringify(line).length < 1200);
});
