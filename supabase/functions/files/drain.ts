import { messageOf } from "../_shared/errors.ts";
import type { Queue, QueuedRemoval, QueuedScan } from "./queue.ts";
import { inspect, type Tools, type Verdict } from "./scan.ts";

/** Together well below the 150 s after which the platform ends the worker. */
const startForMs = 45_000;
const maxScanMs = 80_000;

/** More than one, so that a large file does not keep all others waiting. */
const concurrentScans = 2;
const removalBatch = 100;

export interface Worker extends Tools {
  readonly queue: Queue;
  /** Called with every verdict, for the log. */
  readonly onVerdict: (file: QueuedScan, verdict: Verdict) => void;
}

export interface Outcome {
  readonly scanned: number;
  /** Could not be scanned this time; tried again later. */
  readonly waiting: number;
  readonly removed: number;
  readonly notRemoved: number;
}

/**
 * Works through both queues until the time is up; the next call continues. Files are claimed one by one, so
 * that a worker that is ended delays as few of them as possible.
 */
export async function drain(worker: Worker, now = () => performance.now()): Promise<Outcome> {
  const outcome = { scanned: 0, waiting: 0, removed: 0, notRemoved: 0 };
  const end = now() + startForMs;
  const mayStart = () => now() < end;

  async function scanLane(): Promise<void> {
    while (mayStart()) {
      const [file] = await worker.queue.claimScans(1);
      if (file === undefined) return;
      if (await scan(file, worker)) outcome.scanned += 1;
      else outcome.waiting += 1;
    }
  }

  async function removalLane(): Promise<void> {
    while (mayStart()) {
      const objects = await worker.queue.claimRemovals(removalBatch);
      for (const [bucket, ofBucket] of Map.groupBy(objects, (object) => object.bucket)) {
        const failed = await remove(bucket, ofBucket, worker);
        outcome.notRemoved += failed;
        outcome.removed += ofBucket.length - failed;
      }
      if (objects.length < removalBatch) return;
    }
  }

  // When one lane fails (the database is away), the others still end before the error is thrown.
  const lanes = [...Array.from({ length: concurrentScans }, scanLane), removalLane()];
  const ends = await Promise.allSettled(lanes);
  const failure = ends.find((lane) => lane.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return outcome;
}

/** Returns whether a verdict was reached. A failure with one file does not stop the others. */
async function scan(file: QueuedScan, worker: Worker): Promise<boolean> {
  const { queue, onVerdict } = worker;
  let verdict: Verdict;
  try {
    verdict = await inspect(file, worker, AbortSignal.timeout(maxScanMs));
  } catch (error) {
    await queue.scanFailed(file, reasonOf(error));
    return false;
  }
  if (verdict.state === "clean") await queue.clean(file);
  else if (verdict.state === "infected") await queue.infected(file);
  else await queue.rejected(file, verdict.failure);
  onVerdict(file, verdict);
  return true;
}

/** Returns how many could not be removed. After a failed batch each object is tried alone. */
async function remove(
  bucket: string,
  objects: readonly QueuedRemoval[],
  worker: Worker,
): Promise<number> {
  try {
    await worker.objects.remove(
      bucket,
      objects.map(({ path }) => path),
    );
  } catch (error) {
    const [object] = objects;
    if (objects.length === 1 && object !== undefined) {
      await worker.queue.removalFailed(object, reasonOf(error));
      return 1;
    }
    let failed = 0;
    for (const single of objects) failed += await remove(bucket, [single], worker);
    return failed;
  }
  for (const object of objects) await worker.queue.removed(object);
  return 0;
}

const reasonOf = (error: unknown): string => messageOf(error).slice(0, 500);
