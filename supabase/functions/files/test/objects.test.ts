import assert from "node:assert/strict";
import { storageObjects } from "../objects.ts";

const answering = (status: number, body: string, seen: Request[] = []) =>
  storageObjects("http://api.test/", "sb_secret_1", async (input, init) => {
    seen.push(new Request(input, init));
    return new Response(body, { status });
  });

const signal = new AbortController().signal;
const missing = '{"statusCode":"404","code":"NoSuchKey","message":"Object not found"}';
const noBucket = '{"statusCode":"404","code":"NoSuchBucket","message":"Bucket not found"}';

Deno.test("an object is opened with the project's secret key", async () => {
  const seen: Request[] = [];
  const body = await answering(200, "bytes", seen).open("deliverables", "a/b c+.png", signal);
  assert.equal(await new Response(body).text(), "bytes");
  const [request] = seen;
  assert.equal(
    request?.url,
    "http://api.test/storage/v1/object/authenticated/deliverables/a/b%20c%2B.png",
  );
  assert.equal(request?.headers.get("authorization"), "Bearer sb_secret_1");
  assert.equal(request?.headers.get("apikey"), "sb_secret_1");
});

Deno.test("a missing object is no error; everything else is", async () => {
  assert.equal(await answering(400, missing).open("b", "x", signal), undefined);
  const older = '{"statusCode":"404","error":"not_found","message":"Object not found"}';
  assert.equal(await answering(400, older).open("b", "x", signal), undefined);
  await assert.rejects(answering(400, noBucket).open("b", "x", signal), /404: Bucket not found/);
  await assert.rejects(answering(502, "<html>").open("b", "x", signal), /502: <html>/);
  await assert.rejects(answering(400, missing).put("b", "x", new Uint8Array(), "image/png"), /404/);
});

Deno.test("a published picture replaces that of an earlier attempt and has its type", async () => {
  const seen: Request[] = [];
  await answering(200, "{}", seen).put("avatars", "me/1.png", new Uint8Array([1]), "image/png");
  const [request] = seen;
  assert.equal(request?.method, "POST");
  assert.equal(request?.headers.get("x-upsert"), "true");
  assert.equal(request?.headers.get("content-type"), "image/png");
});

Deno.test("objects are removed by their exact paths", async () => {
  const seen: Request[] = [];
  await answering(200, "[]", seen).remove("avatars", ["a/1", "a/2"]);
  assert.equal(seen[0]?.method, "DELETE");
  assert.deepEqual(await seen[0]?.json(), { prefixes: ["a/1", "a/2"] });
  await assert.rejects(answering(500, "{}").remove("avatars", ["a/1"]), /answered 500/);
});
