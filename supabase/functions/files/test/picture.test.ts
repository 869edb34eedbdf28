import assert from "node:assert/strict";
import { ImageMagick, MagickFormat } from "npm:@imagemagick/magick-wasm@0.0.42";
import { imageSize } from "image-size";
import { cleanGif } from "../content/gif.ts";
import { publishable } from "../content/picture.ts";
import { gif, jpeg, phonePhoto, png, withFillBytes } from "./pictures.ts";

const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const sizeOf = (bytes: Uint8Array) => {
  const { width, height } = imageSize(bytes);
  return [width, height];
};

async function published(bytes: Uint8Array, mimeType: string): Promise<Uint8Array> {
  const picture = await publishable(bytes, mimeType);
  assert.ok(picture !== undefined, "the bytes are a picture");
  return picture;
}

Deno.test("the photo of a phone is rotated and loses its metadata", async () => {
  const photo = phonePhoto();
  assert.match(latin1(photo), /Exif[\s\S]*Taken at home/);
  const picture = await published(photo, "image/jpeg");
  assert.deepEqual(sizeOf(photo), [96, 64]);
  assert.deepEqual(sizeOf(picture), [64, 96]);
  assert.doesNotMatch(latin1(picture), /Exif|Taken at home/);
  // Turned clockwise, the red left half is at the top.
  ImageMagick.read(picture, MagickFormat.Jpeg, (image) => {
    image.getPixels((pixels) => {
      const [red = 0, , blue = 0] = pixels.getPixel(32, 10);
      assert.ok(red > 200 && blue < 60, "red at the top");
      const [red2 = 0, , blue2 = 0] = pixels.getPixel(32, 85);
      assert.ok(blue2 > 200 && red2 < 60, "blue below");
    });
  });
});

Deno.test("a JPEG with fill bytes before its markers is published", async () => {
  for (const count of [1, 7]) {
    const picture = await published(withFillBytes(jpeg, count), "image/jpeg");
    assert.deepEqual(sizeOf(picture), [96, 64]);
  }
});

Deno.test("the colour profile is kept when all other metadata is removed", async () => {
  const withProfile = ImageMagick.read(jpeg, MagickFormat.Jpeg, (image) => {
    image.setProfile("icc", new Uint8Array(colorProfile()));
    image.setProfile("iptc", new TextEncoder().encode("Somebody's name"));
    return image.write(MagickFormat.Jpeg, (data) => Uint8Array.from(data));
  });
  assert.match(latin1(withProfile), /ICC_PROFILE[\s\S]*Somebody's name/);
  const picture = latin1(await published(withProfile, "image/jpeg"));
  assert.match(picture, /ICC_PROFILE/);
  assert.doesNotMatch(picture, /Somebody/);
});

Deno.test("a PNG is redrawn with at most 1024 pixels per side", async () => {
  const picture = await published(png(3000, 1500), "image/png");
  assert.deepEqual(sizeOf(picture), [1024, 512]);
  assert.doesNotMatch(latin1(picture), /Somebody|tEXt|tIME/);
  assert.deepEqual(sizeOf(await published(png(64, 100), "image/png")), [64, 100]);
});

Deno.test("an image larger than the limits is not decoded, even if the header check passed it", async () => {
  // Only the refusal is timed, not the library's start and the making of the image.
  await published(png(64, 64), "image/png");
  const image = png(10_000, 10_000);
  const before = performance.now();
  assert.equal(await publishable(image, "image/png"), undefined);
  assert.ok(performance.now() - before < 2000);
});

Deno.test("bytes that are no picture, or one of another format, are not published", async () => {
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
  assert.equal(await publishable(svg, "image/png"), undefined);
  assert.equal(await publishable(jpeg, "image/png"), undefined);
  assert.equal(await publishable(png(64, 64).subarray(0, 60), "image/png"), undefined);
  assert.equal(await publishable(gif(64, 64).subarray(0, 40), "image/gif"), undefined);
});

Deno.test("an animated GIF keeps its frames, delays and loop, and loses everything else", () => {
  const cleaned = cleanGif(gif(100, 80, 3));
  assert.deepEqual(sizeOf(cleaned), [100, 80]);
  const words = latin1(cleaned);
  assert.match(words, /NETSCAPE2\.0/);
  assert.doesNotMatch(words, /Somebody|XMP|Paris|after the end/);
  assert.equal(cleaned.filter((byte) => byte === 0x2c).length, 3, "three frames");
  assert.equal(words.split("\x21\xf9\x04").length - 1, 3, "with their delays");
  assert.deepEqual(cleanGif(cleaned), cleaned, "cleaning a clean GIF changes nothing");
});

Deno.test("a GIF without frames, or with a frame beyond its canvas, is not published", () => {
  const huge = gif(100, 80);
  const frameAt = huge.indexOf(0x2c);
  huge.set([0xff, 0xff], frameAt + 5);
  assert.throws(() => cleanGif(huge), /too large/);
  assert.throws(() => cleanGif(gif(100, 80, 0)), /no frame/);
});

/** The smallest valid colour profile: its header and one tag. */
function colorProfile(): ArrayBuffer {
  const profile = new DataView(new ArrayBuffer(160));
  const text = (at: number, words: string) => {
    for (const [index, letter] of [...words].entries()) {
      profile.setUint8(at + index, letter.charCodeAt(0));
    }
  };
  profile.setUint32(0, 160);
  profile.setUint32(8, 0x02400000);
  text(12, "mntrRGB XYZ ");
  text(36, "acsp");
  profile.setUint32(128, 1);
  text(132, "desc");
  profile.setUint32(136, 144);
  profile.setUint32(140, 16);
  text(144, "desc");
  return profile.buffer;
}
