import assert from "node:assert/strict";
import { shortened } from "../http/log.ts";
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
