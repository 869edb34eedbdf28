import { expect } from "vitest";
import { png } from "./images.ts";
import type { Caller, Reply } from "./support.ts";

export interface Prepared {
  readonly fileId: string;
  readonly uploadUrl: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Asks for an upload address as documented. */
export const presign = (
  caller: Caller,
  target: object,
  { fileName = "logo.png", mimeType = "image/png", fileSize = 100 } = {},
): Promise<Reply> =>
  caller.post("/upload/presigned-url", { fileName, fileSize, mimeType, ...target });

/** Sends bytes to an upload address, as any HTTP client would. */
export const put = (uploadUrl: string, bytes: Uint8Array<ArrayBuffer>, type = "image/png") =>
  fetch(uploadUrl, { method: "PUT", headers: { "content-type": type }, body: bytes });

/** A picture that lies in Storage and is not used yet. */
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

/** A form with its parts in order; a list is a field sent several times. */
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

/** Answers once the caller is no longer told to wait for the scan. */
export async function scanned(caller: Caller, fileId: string): Promise<Reply> {
  let reply: Reply | undefined;
  await expect
    .poll(
      async () => {
        reply = await caller.get(`/files/${fileId}/download-url`);
        return reply.body.error?.code;
      },
      { timeout: 15_000, interval: 500 },
    )
    .not.toBe("SCAN_PENDING");
  return reply as Reply;
}

/** The bytes behind an address, which must not need anything but itself. */
export async function fetched(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
