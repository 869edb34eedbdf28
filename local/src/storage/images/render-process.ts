/**
 * Renders images in a process of its own, one at a time: a decompression bomb can be killed, a crash of the engine
 * ends no upload, and its memory is returned. Reads only the file that it is given.
 */
import { stat } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import type { Transformation } from "./transformation.ts";

export interface RenderJob {
  readonly path: string;
  readonly transformation: Transformation;
  readonly acceptsWebp: boolean;
}

export type RenderResult =
  | { readonly data: Uint8Array; readonly type: string }
  | { readonly problem: "missing" | "unsupported" };

/** Upstream's limits of the source: bytes, pixels of all frames together, and frames, of which others are dropped. */
const maxBytes = 25_000_000;
const maxPixels = 50_000_000;
const maxFrames = 60;

// Only formats of photos and graphics. The others are larger targets: SVG and PDF can name other files.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Nsgif", "Webp", "Heif", "Tiff"].map(
    (name) => `VipsForeignLoad${name}File`,
  ),
});
sharp.cache(false);
sharp.concurrency(1);

type Format = "jpeg" | "png" | "gif" | "webp" | "avif";

export async function render(job: RenderJob): Promise<RenderResult> {
  const file = await stat(job.path).catch(() => undefined);
  if (file === undefined) return { problem: "missing" };
  if (file.size > maxBytes) return { problem: "unsupported" };
  const source = await sharp(job.path, { limitInputPixels: false }).metadata();
  const isAnimation = source.format === "gif" || source.format === "webp";
  const pages = isAnimation ? Math.min(source.pages ?? 1, maxFrames) : 1;
  if (source.width * source.height * pages > maxPixels) return { problem: "unsupported" };

  const format = formatFor(job, source.format, source.hasAlpha);
  const frames = format === "webp" || format === "gif" ? pages : 1;
  const options = { pages: frames, limitInputPixels: maxPixels, failOn: "none" } as const;
  const image = resized(sharp(job.path, options), job.transformation, frames);
  const data = await encoded(image, format, job.transformation.quality).toBuffer();
  return { data, type: `image/${format}` };
}

/** The format asked for, else WebP for clients that accept it, else that of the source where browsers show it. */
function formatFor(
  { transformation, acceptsWebp }: RenderJob,
  source: string,
  hasAlpha: boolean,
): Format {
  const { format } = transformation;
  if (format === "avif" || format === "webp") return format;
  if (acceptsWebp && format !== "origin") return "webp";
  if (source === "heif") return "avif";
  const kept = (["jpeg", "png", "gif", "webp"] as const).find((name) => name === source);
  return kept ?? (hasAlpha ? "png" : "jpeg");
}

/** Turned as its camera states, because the note about it is removed. Never larger than the source. */
function resized(image: Sharp, { width, height, resize }: Transformation, frames: number): Sharp {
  const upright = frames === 1 ? image.autoOrient() : image;
  if (width === undefined && height === undefined) return upright;
  const fit = ({ cover: "cover", contain: "inside", fill: "fill" } as const)[resize ?? "cover"];
  return upright.resize({
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    fit,
    withoutEnlargement: true,
  });
}

function encoded(image: Sharp, format: Format, quality: number | undefined): Sharp {
  if (format === "png") return image.png();
  if (format === "gif") return image.gif();
  if (format === "avif") return image.avif({ quality: quality ?? 65, effort: 2 });
  return image[format]({ quality: quality ?? 80 });
}

process.on("message", (job: RenderJob) => {
  render(job)
    .catch((): RenderResult => ({ problem: "unsupported" }))
    .then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit());
