/** Storage from a browser page of another origin: Blobs as forms, resumable uploads, readable headers. */
import { build } from "esbuild";
import { expect, test } from "vitest";
import { inBrowser } from "../../../test/sdk/browser.ts";
import { apiUrl, newUser, publishableKey } from "../contract/target.ts";

const script = `
import { createClient } from "@supabase/supabase-js";
import { Upload } from "tus-js-client";

const { API_URL, KEY, TOKEN, FOLDER } = globalThis.env;
const files = createClient(API_URL, KEY, { accessToken: async () => TOKEN }).storage.from("own");
const results = {};
try {
  const bytes = new Uint8Array(7 * 1024 * 1024).map((_, i) => i * 31);
  const same = async (path) => {
    const { data, error } = await files.download(path);
    if (error) throw error;
    const down = new Uint8Array(await data.arrayBuffer());
    return down.length === bytes.length && down.every((byte, i) => byte === bytes[i]);
  };
  const blob = new Blob([bytes], { type: "image/png" });
  const put = await files.upload(FOLDER + "/blob", blob, { metadata: { from: "a page" } });
  results.upload = put.error?.message ?? "ok";
  results.info = (await files.info(FOLDER + "/blob")).data?.metadata;
  results.blob = await same(FOLDER + "/blob");

  const offsets = [];
  await new Promise((resolve, reject) => {
    new Upload(new File([bytes], "x.png"), {
      endpoint: API_URL + "/storage/v1/upload/resumable",
      chunkSize: 4 * 1024 * 1024,
      headers: { apikey: KEY, authorization: "Bearer " + TOKEN, "x-upsert": "false" },
      metadata: { bucketName: "own", objectName: FOLDER + "/tus", contentType: "image/png" },
      onAfterResponse: (_, response) => offsets.push(response.getHeader("Upload-Offset") ?? null),
      onError: reject,
      onSuccess: resolve,
    }).start();
  });
  results.offsets = offsets;
  results.tus = await same(FOLDER + "/tus");

  const { data } = await files.createSignedUrl(FOLDER + "/blob", 60);
  const part = await fetch(data.signedUrl, { headers: { range: "bytes=0-3" } });
  results.part = [part.status, part.headers.get("content-range"), (await part.blob()).size];
  results.duplicate = (await files.upload(FOLDER + "/blob", blob)).error?.statusCode;
} catch (error) {
  results.error = String(error);
}
globalThis.__print(JSON.stringify(results));
`;

test("uploads and downloads in a browser", { timeout: 120_000 }, async () => {
  const { user, session } = await newUser();
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const line = await inBrowser(outputFiles[0]?.text ?? "", {
    API_URL: apiUrl,
    KEY: publishableKey,
    TOKEN: session.access_token,
    FOLDER: user.id,
  });
  expect(JSON.parse(line)).toEqual({
    upload: "ok",
    info: { from: "a page" },
    blob: true,
    offsets: [null, "4194304", "7340032"],
    tus: true,
    part: [206, "bytes 0-3/7340032", 4],
    duplicate: "409",
  });
});
