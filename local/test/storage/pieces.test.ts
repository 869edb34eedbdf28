/** The parts of Storage that need no server: form parser, ranges, sizes, media types. */
import { describe, expect, test } from "vitest";
import { requireMediaType } from "../../src/storage/media-types.ts";
import { readForm } from "../../src/storage/multipart.ts";
import { parseRange } from "../../src/storage/range.ts";
import { configuredSize, declaredSize } from "../../src/storage/sizes.ts";

const type = 'multipart/form-data; boundary="--a b"';
const file = "line\r\n----a \r\n----a bc\r\n-";
const body = Buffer.from(
  [
    "preamble",
    "----a b",
    'Content-Disposition: form-data; name="cacheControl"',
    "",
    "60",
    "----a b  ",
    'content-disposition: form-data; name="metadata"',
    "Content-Type: application/json",
    "",
    '{"a":\r\n1}',
    "----a b",
    'Content-Disposition: form-data; name=""; filename="blob"',
    "Content-Type: image/png",
    "",
    "FILE",
    "----a b--",
    "after",
  ].join("\r\n"),
).toString();

async function* cut(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("readForm", () => {
  // The file contains text that is similar to the form's boundary.
  const text = body.replace("FILE", file.replace("----a bc", "---a b"));

  test("reads the same form for every chunk size", async () => {
    for (let size = 1; size <= text.length; size += 1) {
      const form = await readForm(cut(text, size), type);
      expect(Object.fromEntries(form.fields)).toEqual({
        cacheControl: "60",
        metadata: '{"a":\r\n1}',
      });
      expect(form.type).toBe("image/png");
      const pieces: Uint8Array[] = [];
      for await (const piece of form.bytes) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toBe("line\r\n----a \r\n---a b\r\n-");
    }
  });

  test("fails while reading the file when the form is incomplete", async () => {
    const form = await readForm(cut(text.slice(0, -14), 7), type);
    const read = async () => {
      for await (const _ of form.bytes);
    };
    await expect(read()).rejects.toThrow("Unexpected end of multipart data");
  });

  test("rejects a form without a boundary", async () => {
    await expect(readForm(cut(text, 99), "multipart/form-data")).rejects.toThrow("Boundary");
  });

  test("rejects too many and too large fields", async () => {
    const field = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n';
    const form = readForm(cut(field.repeat(60), 1000), "multipart/form-data; boundary=x");
    await expect(form).rejects.toThrow("Too many fields");
    const big = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${"b".repeat(2 ** 21)}`;
    const one = readForm(cut(big, 65_536), "multipart/form-data; boundary=x");
    await expect(one).rejects.toMatchObject({ code: "EntityTooLarge" });
  });
});

test.each([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=0-", "unsatisfiable"],
  ["bytes=-1", "unsatisfiable"],
  [undefined, "none"],
])("parseRange of %s in an empty or one-byte file", (header, range) => {
  expect(parseRange(header, header === "bytes=0-0" ? 1 : 0)).toEqual(range);
});

test.each([
  ["50MiB", 52_428_800],
  ["50MB", 52_428_800],
  ["1.5k", 1536],
  ["7", 7],
  ["2GiB", 2_147_483_648],
])("configuredSize parses %s of config.toml", (text, size) => {
  expect(configuredSize(text)).toBe(size);
});

test("configuredSize rejects text that is not a size", () => {
  expect(() => configuredSize("many")).toThrow('"many" is not a valid size');
});

test.each([
  ["20MB", 20_000_000],
  ["1.5kb", 1500],
  ["3B", 3],
  ["42", 42],
  [42, 42],
])("declaredSize parses the bucket limit %s", (limit, size) => {
  expect(declaredSize(limit)).toBe(size);
});

test.each([
  ["image/png", ["image/*"], true],
  ["image/png", ["image/png"], true],
  ["image/png", ["*/*"], true],
  ["image/png", [], true],
  ["image/png", null, true],
  ["image/png", ["image/p*"], false],
  ["text/plain;charset=UTF-8", ["text/plain"], false],
  ["text/plain;charset=UTF-8", ["text/*"], true],
  ["image", ["image/*"], false],
  ["image/", ["image/*"], false],
  ["image/png\r\nx: y", null, false],
])("requireMediaType checks %j against %j", (type, allowed, isAllowed) => {
  const check = () => requireMediaType(type, allowed);
  if (isAllowed) expect(check).not.toThrow();
  else expect(check).toThrow("is not supported");
});
