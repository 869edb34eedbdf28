import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { isOfType } from "../../_shared/file-type.ts";
import { hasAvatarSize } from "../content/dimensions.ts";
import { together } from "./eicar.ts";
import { gif, jpeg, png } from "./pictures.ts";

const text = (words: string) => new TextEncoder().encode(words);
const box = (brand: string) =>
  together(new Uint8Array([0, 0, 0, 20]), text(`ftyp${brand}`), new Uint8Array(8));

const real: Readonly<Record<string, Uint8Array>> = {
  "image/png": png(64, 64),
  "image/jpeg": jpeg,
  "image/gif": gif(64, 64),
  "video/mp4": box("isom"),
  "video/quicktime": box("qt  "),
  "application/pdf": text("%PDF-1.7\n1 0 obj\n"),
  "application/zip": zipSync({ "index.html": text("<html>") }),
  "application/x-rar-compressed": together(text("Rar!"), new Uint8Array([26, 7, 1, 0, 0, 0, 0])),
};

Deno.test("a file is of exactly one of the accepted types", async () => {
  for (const [actual, bytes] of Object.entries(real)) {
    for (const declared of Object.keys(real)) {
      assert.equal(
        await isOfType(bytes, declared),
        declared === actual,
        `${actual} as ${declared}`,
      );
    }
  }
});

Deno.test("a file of another type is refused, whatever type it declares", async () => {
  const foreign = {
    svg: text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    html: text("<!doctype html><script>alert(1)</script>"),
    program: text("MZ\x90\0"),
    words: text("Just words."),
    nothing: new Uint8Array(),
    webp: together(text("RIFF"), new Uint8Array(4), text("WEBPVP8 ")),
  };
  for (const [name, bytes] of Object.entries(foreign)) {
    for (const declared of Object.keys(real)) {
      assert.equal(await isOfType(bytes, declared), false, `${name} as ${declared}`);
    }
  }
});

Deno.test("a picture or document that is also a web page is refused", async () => {
  const page = text("<script>alert(1)</script>");
  assert.equal(await isOfType(together(text("GIF89a"), page), "image/gif"), false);
  assert.equal(await isOfType(together(text("%PDF-1.4 "), page), "application/pdf"), false);
  const commented = together(jpeg.subarray(0, 2), segment(0xfe, page), jpeg.subarray(2));
  assert.equal(await isOfType(commented, "image/jpeg"), false);
});

Deno.test("aliases of a type, and the first bytes of a longer file, are recognised", async () => {
  assert.equal(await isOfType(box("M4V "), "video/mp4"), true);
  const profile = together(png(64, 64).subarray(0, 33), chunkHeader("iTXt", 3_000_000));
  assert.equal(await isOfType(together(profile, new Uint8Array(60_000)), "image/png"), true);
  const document = zipSync({ "[Content_Types].xml": text("<Types/>"), "word/a.xml": text("a") });
  assert.equal(await isOfType(document, "application/zip"), true);
});

Deno.test("an avatar must have 64 to 4096 pixels per side, read from its header", () => {
  const cases: readonly [number, number, boolean][] = [
    [64, 64, true],
    [64, 4096, true],
    [4096, 4096, true],
    [63, 64, false],
    [64, 4097, false],
    [10_000, 10_000, false],
    [1, 1, false],
  ];
  for (const [width, height, fits] of cases) {
    const header = png(64, 64).slice();
    new DataView(header.buffer).setUint32(16, width);
    new DataView(header.buffer).setUint32(20, height);
    assert.equal(hasAvatarSize(header), fits, `${width} by ${height}`);
  }
  assert.equal(hasAvatarSize(text("GIF89a")), undefined);
});

function segment(marker: number, content: Uint8Array): Uint8Array {
  const length = content.length + 2;
  return together(new Uint8Array([0xff, marker, length >> 8, length & 255]), content);
}

function chunkHeader(name: string, length: number): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, length);
  return together(size, text(name));
}
