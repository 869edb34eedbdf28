import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { isOfType } from "../../_shared/file-type.ts";
import { hasAvatarSize } from "../content/dimensions.ts";
import { together } from "./eicar.ts";
import { gif, jpeg, png, withFillBytes } from "./pictures.ts";

const text = (words: string) => new TextEncoder().encode(words);
const atom = (type: string, body: Uint8Array = new Uint8Array(8)) =>
  together(length32(8 + body.length), text(type), body);
const box = (brand: string, ...compatible: string[]) =>
  atom("ftyp", together(text(brand), new Uint8Array(4), text(compatible.join(""))));
const pdf = text("%PDF-1.7\n1 0 obj\n");

const real: Readonly<Record<string, Uint8Array>> = {
  "image/png": png(64, 64),
  "image/jpeg": jpeg,
  "image/gif": gif(64, 64),
  "video/mp4": box("isom"),
  "video/quicktime": box("qt  "),
  "application/pdf": pdf,
  "application/zip": zipSync({ "index.html": text("<html>") }),
  "application/x-rar-compressed": together(text("Rar!"), new Uint8Array([26, 7, 1, 0, 0, 0, 0])),
};

const movies = ["video/mp4", "video/quicktime"];

Deno.test("a file is of exactly one of the accepted types; MP4 and QuickTime are one family", async () => {
  for (const [actual, bytes] of Object.entries(real)) {
    for (const declared of Object.keys(real)) {
      const sameFamily = movies.includes(actual) && movies.includes(declared);
      assert.equal(
        await isOfType(bytes, declared),
        declared === actual || sameFamily,
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

Deno.test("a video of any brand is MP4 and QuickTime", async () => {
  const brands =
    "isom iso2 iso5 iso6 avc1 mp41 mp42 mp71 3gp4 3gp5 3gp6 3gr6 3g2a 3ge6 3gs7 kddi M4V M4VH M4VP f4v MSNV NDSC XAVC CAEP dash msdh piff hvc1 dby1 qt niko pana mmp4 nvr1";
  for (const brand of brands.split(" ")) {
    for (const bytes of [
      box(brand.padEnd(4)),
      box(brand.padEnd(4), "3gp4", "isom"),
      together(box(brand.padEnd(4), "mp42"), atom("free"), atom("mdat")),
      together(atom("free"), box(brand.padEnd(4)), atom("moov")),
    ]) {
      for (const type of movies)
        assert.equal(await isOfType(bytes, type), true, `${brand} ${type}`);
      assert.equal(await isOfType(bytes, "image/png"), false, brand);
    }
  }
});

Deno.test("a video may begin with any documented atom, also with a long one", async () => {
  for (const first of ["moov", "mdat", "wide", "skip", "free", "pnot", "PICT", "uuid", "udta"]) {
    const whole = together(atom(first), atom("mdat"), atom("moov"));
    assert.equal(await isOfType(whole, "video/quicktime"), true, first);
    const long = together(length32(90_000_000), text(first), new Uint8Array(65_528));
    assert.equal(await isOfType(long, "video/quicktime"), true, `a long ${first}`);
  }
  const long64 = new Uint8Array([0, 0, 0, 1, ...text("mdat"), 0, 0, 0, 0, 5, 0xf5, 0xe1, 0]);
  assert.equal(
    await isOfType(together(atom("wide", new Uint8Array()), long64), movies[0] ?? ""),
    true,
  );
  const longBrand = new Uint8Array([0, 0, 0, 1, ...text("ftyp"), 0, 0, 0, 0, 0, 0, 0, 24]);
  assert.equal(await isOfType(together(longBrand, text("isom\0\0\0\0")), "video/mp4"), true);
  assert.equal(await isOfType(together(longBrand, text("heic\0\0\0\0")), "video/mp4"), false);
  const toTheEnd = together(length32(0), text("mdat"), new Uint8Array(90));
  assert.equal(await isOfType(toTheEnd, "video/quicktime"), true);
});

Deno.test("HEIC, AVIF, M4A and text are no videos, wherever their brand stands", async () => {
  const foreign = {
    heic: box("heic", "mif1", "heic"),
    "heic by a compatible brand": box("MiHE", "mif1", "heic"),
    avif: box("avif", "mif1", "miaf", "MA1B"),
    "an AVIF sequence": box("avis", "avif", "msf1", "iso8"),
    m4a: box("M4A ", "M4A ", "mp42", "isom"),
    "m4a behind padding": together(atom("free"), box("M4A ", "isom")),
    "a raw photo": box("crx ", "isom"),
    "text with the name of an atom": text("2026moov and so on, for some time"),
    "padding alone": atom("skip"),
    "a length that cannot be": together(length32(4), text("moov"), new Uint8Array(40)),
    "an unknown atom": together(atom("abcd"), atom("moov")),
  };
  for (const [name, bytes] of Object.entries(foreign)) {
    for (const type of movies) assert.equal(await isOfType(bytes, type), false, `${name} ${type}`);
  }
});

Deno.test("up to 1,024 bytes may stand before the header of a PDF", async () => {
  const before = {
    "a printer's commands": text("\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"),
    "a byte order mark": new Uint8Array([0xef, 0xbb, 0xbf]),
    "line breaks": text("\r\n\n"),
    zeros: new Uint8Array(1024),
    "a mail header": text("Content-Type: application/pdf\r\n\r\n"),
  };
  for (const [name, bytes] of Object.entries(before)) {
    assert.equal(await isOfType(together(bytes, pdf), "application/pdf"), true, name);
  }
  const notBefore = {
    "1,025 bytes": new Uint8Array(1025).fill(32),
    "a program": text("MZ\x90\0"),
    "a picture": png(64, 64),
    "an archive": zipSync({ "a.txt": text("a") }),
    "a page": text("<html>"),
  };
  for (const [name, bytes] of Object.entries(notBefore)) {
    assert.equal(await isOfType(together(bytes, pdf), "application/pdf"), false, name);
  }
});

Deno.test("fill bytes before the markers of a JPEG are legal", () => {
  for (const count of [1, 2, 7, 300]) {
    assert.equal(hasAvatarSize(withFillBytes(jpeg, count)), true, `${count} bytes`);
  }
  assert.equal(hasAvatarSize(jpeg), true);
  assert.equal(hasAvatarSize(jpeg.subarray(0, 40)), undefined);
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

const chunkHeader = (name: string, length: number): Uint8Array =>
  together(length32(length), text(name));

function length32(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}
