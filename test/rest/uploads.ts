import { expect } from "vitest";
import { png } from "./images.ts";
import type { Caller, Reply } from "./support.ts";

export interface Prepared {
  readonly fileId: string;
  readonly uploadUrl: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Requests an upload URL as documented. */
export const presign = (
  caller: Caller,
  target: object,
  { fileName = "logo.png", mimeType = "image/png", fileSize = 100 } = {},
): Promise<Reply> =>
  caller.post("/upload/presigned-url", { fileName, fileSize, mimeType, ...target });

/** Sends bytes to an upload URL, as any HTTP client does. */
export const put = (uploadUrl: string, bytes: Uint8Array<ArrayBuffer>, type = "image/png") =>
  fetch(uploadUrl, { method: "PUT", headers: { "content-type": type }, body: bytes });

/** An image that is uploaded and not used yet. */
export async function uploaded(
  caller: Caller,
  target: object,
  fileName = "logo.png",
): Promise<Prepared> {
  const bytes = png();
  const { status, body } = await presign(caller, target, { fileName, fileSize: bytes.length });
  expect(status, JSON.stringify(body)).toBe(201);
  const answer = await put(body.uploadUrl, bytes);
  expect(answer.status, await answer.text()).toBe(200);
  return { fileId: body.fileId, uploadUrl: body.uploadUrl, bytes };
}

type Part =
  | string
  | { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly type?: string };

/** A form with its parts in order. A list becomes a field that is sent several times. */
export function formOf(fields: Readonly<Record<string, Part | readonly Part[]>>): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    for (const part of Array.isArray(value) ? (value as readonly Part[]) : [value as Part]) {
      if (typeof part === "string") form.append(field, part);
      else
        form.append(field, new File([part.bytes], part.name, { type: part.type ?? "image/png" }));
    }
  }
  return form;
}

export const picture = (name = "logo.png", bytes = png()) => ({ name, bytes });

/** Waits for the scan of a file, and returns the response of its download URL. */
export async function scanned(caller: Caller, fileId: string): Promise<Reply> {
  let reply: Reply | undefined;
  await expect
    .poll(
      async () => {
        reply = await caller.get(`/files/${fileId}/download-url`);
        return reply.body.error?.code;
      },
      { interval: 500 },
    )
    .not.toBe("SCAN_PENDING");
  return reply as Reply;
}

/** The bytes of a URL, which must work without a token. */
export async function fetched(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
