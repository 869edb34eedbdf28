import {
  ConfigurationFiles,
  FilterType,
  type IMagickImage,
  ImageMagick,
  initializeImageMagick,
  MagickFormat,
} from "npm:@imagemagick/magick-wasm@0.0.42";
import { cleanGif } from "./gif.ts";

/** Longer side of a published picture in pixels. A larger one would only be slower to load. */
const maxSide = 1024;

/**
 * Returns an avatar as it is published: rotated as its EXIF data says, at most 1024 pixels per side, without
 * metadata such as places, devices and times. The colour profile is kept. GIFs are cleaned and not decoded.
 * Undefined when the bytes are not such a picture.
 */
export async function publishable(
  bytes: Uint8Array,
  mimeType: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const format = formats[mimeType];
  if (format !== undefined) await loadMagick();
  try {
    return format === undefined ? cleanGif(bytes) : redrawn(bytes, format);
  } catch {
    return undefined;
  }
}

/** The library must not detect the format, because some of its formats read files or run scripts. */
const formats: Readonly<Record<string, MagickFormat>> = {
  "image/jpeg": MagickFormat.Jpeg,
  "image/png": MagickFormat.Png,
};

const redrawn = (bytes: Uint8Array, format: MagickFormat): Uint8Array<ArrayBuffer> =>
  ImageMagick.read(bytes, format, (image) => {
    if (Math.max(image.width, image.height) > maxSide) {
      // The average of the source pixels: good enough for this purpose, in a third of the time.
      image.filterType = FilterType.Box;
      image.resize(maxSide, maxSide);
    }
    image.autoOrient();
    stripMetadata(image);
    image.quality = format === MagickFormat.Jpeg ? 88 : 35;
    return image.write(format, (data) => Uint8Array.from(data));
  });

/** Removes everything but the picture: EXIF, XMP, IPTC, comments, thumbnails, times. */
function stripMetadata(image: IMagickImage): void {
  const colors = image.getColorProfile();
  image.strip();
  if (colors !== null) image.setProfile(colors);
}

let loading: Promise<void> | undefined;

/** 15 MB of WebAssembly, loaded with the first avatar, because most instances never get one. */
function loadMagick(): Promise<void> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<void> {
  const library = import.meta.resolve("npm:@imagemagick/magick-wasm@0.0.42");
  const settings = ConfigurationFiles.default;
  settings.policy.data = policy;
  await initializeImageMagick(await Deno.readFile(new URL("magick.wasm", library)), settings);
}

/**
 * Limits ImageMagick to two formats and to the size of an avatar. The header was checked before; a file that
 * passed that check by deceit fails here, before it takes the memory.
 */
const policy = `<policymap>
  <policy domain="resource" name="width" value="4096"/>
  <policy domain="resource" name="height" value="4096"/>
  <policy domain="resource" name="disk" value="0"/>
  <policy domain="coder" rights="none" pattern="*"/>
  <policy domain="coder" rights="read|write" pattern="{JPEG,JPG,PNG}"/>
</policymap>`;
