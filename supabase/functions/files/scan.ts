import { hasAvatarSize } from "./content/dimensions.ts";
import { publishable } from "./content/picture.ts";
import { headSize, isOfType } from "./content/type.ts";
import type { Engine } from "./engines/engine.ts";
import type { Objects } from "./objects.ts";
import type { Failure, QueuedScan } from "./queue.ts";
import { Tap } from "./tap.ts";

export type Verdict =
  | { readonly state: "clean" }
  | { readonly state: "infected"; readonly found: string }
  | { readonly state: "rejected"; readonly failure: Failure };

export interface Tools {
  readonly engine: Engine;
  readonly objects: Objects;
}

/**
 * Looks into one file: is there malware in it, is it what was announced? It passes by once, as a
 * stream; only its first bytes are kept, and avatars, which have 5 MB at most. Malware counts before
 * everything else, so that it is kept apart and told, whatever it was called. Rejects where no verdict
 * could be reached.
 */
export async function inspect(
  file: QueuedScan,
  { engine, objects }: Tools,
  signal: AbortSignal,
): Promise<Verdict> {
  const body = await objects.open(file.bucket, file.path, signal);
  if (body === undefined) return rejected("missing");

  const isAvatar = file.publishTo !== null;
  const tap = new Tap(body, file.fileSize, isAvatar ? file.fileSize : headSize);
  const found = await engine.scan(tap, signal).finally(() => tap.close());
  if (found !== undefined) return { state: "infected", found };

  if (tap.size !== file.fileSize) return rejected("size");
  if (!(await isOfType(tap.head(), file.mimeType))) return rejected("type");
  return isAvatar ? await publish(file, tap.head(), objects) : { state: "clean" };
}

/** An avatar is public once it is clean, so the picture for everybody is made before that is said. */
async function publish(file: QueuedScan, bytes: Uint8Array, objects: Objects): Promise<Verdict> {
  const fits = hasAvatarSize(bytes);
  if (fits === undefined) return rejected("unreadable");
  if (!fits) return rejected("dimensions");
  const picture = await publishable(bytes, file.mimeType);
  if (picture === undefined) return rejected("unreadable");
  await objects.put(file.publishTo ?? "", file.path, picture, file.mimeType);
  return { state: "clean" };
}

const rejected = (failure: Failure): Verdict => ({ state: "rejected", failure });
