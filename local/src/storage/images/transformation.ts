import { Fields } from "../fields.ts";

const resizes = ["cover", "contain", "fill"] as const;
const formats = ["origin", "avif", "webp"] as const;

/** How an image is to be changed. */
export interface Transformation {
  readonly width?: number;
  readonly height?: number;
  readonly resize?: (typeof resizes)[number];
  /** `origin` keeps the format of the image, also for clients that accept a smaller one. */
  readonly format?: (typeof formats)[number];
  readonly quality?: number;
}

/** As upstream: larger values count as this one. */
const maxSide = 2500;

/** Reads the options of a query string or of `transform` in a body. Without a size, `resize` has no effect. */
export function readTransformation(fields: Fields): Transformation {
  const width = fields.optionalInteger("width", 0);
  const height = fields.optionalInteger("height", 0);
  const resize = fields.oneOf("resize", resizes);
  const format = fields.oneOf("format", formats);
  const quality = fields.optionalInteger("quality", 20, 100);
  const sides = {
    ...(width ? { width: Math.min(width, maxSide) } : {}),
    ...(height ? { height: Math.min(height, maxSide) } : {}),
  };
  return {
    ...sides,
    ...(Object.keys(sides).length > 0 ? { resize: resize ?? "cover" } : {}),
    ...(format === undefined ? {} : { format }),
    ...(quality === undefined ? {} : { quality }),
  };
}

/** Whether a signed URL needs a rendered image; otherwise it leads to the object itself. */
export const changesImage = ({ width, height, format, quality }: Transformation): boolean =>
  Boolean(width || height || quality) || (format !== undefined && format !== "origin");

/** Writes a transformation as signed URLs carry it, such as `height:50,width:50,resize:cover`. */
export const toText = (transformation: Transformation): string =>
  entries(transformation)
    .map(([name, value]) => `${name}:${value}`)
    .join(",");

/** Reads what `toText` wrote. */
export function fromText(text: string): Transformation {
  const values = text.split(",").map((entry) => entry.split(":"));
  return readTransformation(new Fields(Object.fromEntries(values), "transformations"));
}

/** The names of upstream's engine, which its header `X-Transformations` has. */
const engineResizes = { cover: "fill", contain: "fit", fill: "force" } as const;

export const toHeader = (transformation: Transformation): string =>
  entries(transformation)
    .filter(([name, value]) => name !== "format" || value !== "origin")
    .map(([name, value]) =>
      name === "resize"
        ? `resizing_type:${engineResizes[value as keyof typeof engineResizes]}`
        : `${name}:${value}`,
    )
    .join(",");

const entries = ({ height, width, resize, quality, format }: Transformation) =>
  Object.entries({ height, width, resize, quality, format }).filter(
    ([, value]) => value !== undefined,
  );
