import { headSize, isOfType } from "../_shared/file-type.ts";
import { hasAvatarSize } from "./content/dimensions.ts";
import { publishable } from "./content/picture.ts";
import { CountingStream } from "./counting-stream.ts";
import type { Engine } from "./engines/engine.ts";
import type { Objects } from "./objects.ts";
import type { Failure, QueuedScan } from "./queue.ts";

export type Verdict =
  | { readonly state: "clean" }
  | { readonly state: "infected"; readonly found: string }
  | { readonly state: "rejected"; readonly failure: Failure };

export interface Tools {
  readonly engine: Engine;
  readonly objects: Objects;
}

/**
 * Scans a file for malware and compares it with what was announced. The file is read once, as a stream;
 * only its first bytes are kept, and whole avatars, which have at most 5 MB. Malware comes before any other
 * verdict, so that an infected file is always kept apart. Rejects when no verdict was reached.
 */
export async function inspect(
  file: QueuedScan,
  { engine, objects }: Tools,
  signal: AbortSignal,
): Promise<Verdict> {
  const body = await objects.open(file.bucket, file.path, signal);
  if (body === undefined) return rejected("missing");

  const isAvatar = file.publishTo !== null;
  const stream = new CountingStream(body, file.fileSize, isAvatar ? file.fileSize : headSize);
  const found = await engine.scan(stream, signal).finally(() => stream.close());
  if (found !== undefined) return { state: "infected", found };

  if (stream.size !== file.fileSize) return rejected("size");
  if (!(await isOfType(stream.head(), file.mimeType))) return rejected("type");
  return isAvatar ? await publish(file, stream.head(), objects) : { state: "clean" };
}

/** Publishes the picture before the avatar counts as clean, because a clean avatar is shown at once. */
async function publish(file: QueuedScan, bytes: Uint8Array, objects: Objects): Promise<Verdict> {
  // The platform ends a worker that computes for too long. One such picture must not end it again and again.
  if (file.unreported >= maxInterruptions) return rejected("unreadable");
  const fits = hasAvatarSize(bytes);
  if (fits === undefined) return rejected("unreadable");
  if (!fits) return rejected("dimensions");
  const picture = await publishable(bytes, file.mimeType);
  if (picture === undefined) return rejected("unreadable");
  await objects.put(file.publishTo ?? "", file.path, picture, file.mimeType);
  return { state: "clean" };
}

const maxInterruptions = 3;

const rejected = (failure: Failure): Verdict => ({ state: "rejected", failure });
