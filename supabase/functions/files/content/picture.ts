import {
  ConfigurationFiles,
  FilterType,
  type IMagickImage,
  ImageMagick,
  initializeImageMagick,
  MagickFormat,
} from "npm:@imagemagick/magick-wasm@0.0.42";
import { cleanGif } from "./gif.ts";

/** Pixels of the longer side of what is published. A larger one only costs those who look at it. */
const longest = 1024;

/**
 * An avatar as it is published: turned as its camera noted, at most 1024 pixels a side, and nothing in
 * it but the picture, whatever the upload told about places, devices and times. Colours keep their
 * profile. GIFs are cleaned and not decoded. Undefined where the bytes are no such picture.
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

/** By name: the library must not guess, for it knows formats that read files or run scripts. */
const formats: Readonly<Record<string, MagickFormat>> = {
  "image/jpeg": MagickFormat.Jpeg,
  "image/png": MagickFormat.Png,
};

const redrawn = (bytes: Uint8Array, format: MagickFormat): Uint8Array<ArrayBuffer> =>
  ImageMagick.read(bytes, format, (image) => {
    if (Math.max(image.width, image.height) > longest) {
      // The plain average of what falls into one pixel: as good as any for this, in a third of the time.
      image.filterType = FilterType.Box;
      image.resize(longest, longest);
    }
    image.autoOrient();
    forget(image);
    image.quality = format === MagickFormat.Jpeg ? 88 : 35;
    return image.write(format, (data) => Uint8Array.from(data));
  });

/** Everything goes that is not the picture: EXIF, XMP, IPTC, comments, thumbnails, times. */
function forget(image: IMagickImage): void {
  const colors = image.getColorProfile();
  image.strip();
  if (colors !== null) image.setProfile(colors);
}

let loading: Promise<void> | undefined;

/** Fifteen megabytes of WebAssembly, loaded with the first avatar: most instances never see one. */
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
 * What ImageMagick may do: two formats, and pictures as large as an avatar. Headers were looked at
 * before; whatever got past that ends here, before it takes the memory.
 */
const policy = `<policymap>
  <policy domain="resource" name="width" value="4096"/>
  <policy domain="resource" name="height" value="4096"/>
  <policy domain="resource" name="disk" value="0"/>
  <policy domain="coder" rights="none" pattern="*"/>
  <policy domain="coder" rights="read|write" pattern="{JPEG,JPG,PNG}"/>
</policymap>`;
