import type { Queue, QueuedRemoval, QueuedScan } from "./queue.ts";
import { inspect, type Tools, type Verdict } from "./scan.ts";

/** Together they end well before the platform ends the worker, which it does after 150 s. */
const beginFor = 45_000;
const longestScan = 80_000;

/** A large file must not keep all others waiting. */
const scansAtOnce = 2;
const removalsAtOnce = 100;

export interface Worker extends Tools {
  readonly queue: Queue;
  /** Told of every verdict, for the log. */
  readonly onVerdict: (file: QueuedScan, verdict: Verdict) => void;
}

export interface Outcome {
  readonly scanned: number;
  /** Could not be scanned now; tried again later. */
  readonly waiting: number;
  readonly removed: number;
  readonly notRemoved: number;
}

/**
 * Does what is due in both queues, as far as the time allows; the next call does the rest. Files are
 * claimed one by one, so that a worker that is ended holds back as few as possible.
 */
export async function drain(worker: Worker, now = () => performance.now()): Promise<Outcome> {
  const outcome = { scanned: 0, waiting: 0, removed: 0, notRemoved: 0 };
  const end = now() + beginFor;
  const isTime = () => now() < end;

  async function scanLane(): Promise<void> {
    while (isTime()) {
      const [file] = await worker.queue.claimScans(1);
      if (file === undefined) return;
      if (await scan(file, worker)) outcome.scanned += 1;
      else outcome.waiting += 1;
    }
  }

  async function removalLane(): Promise<void> {
    while (isTime()) {
      const objects = await worker.queue.claimRemovals(removalsAtOnce);
      for (const [bucket, ofBucket] of Map.groupBy(objects, (object) => object.bucket)) {
        const failed = await remove(bucket, ofBucket, worker);
        outcome.notRemoved += failed;
        outcome.removed += ofBucket.length - failed;
      }
      if (objects.length < removalsAtOnce) return;
    }
  }

  // One lane's failure (the database is gone) is told when the others have ended, too.
  const lanes = [...Array.from({ length: scansAtOnce }, scanLane), removalLane()];
  const ends = await Promise.allSettled(lanes);
  const failure = ends.find((lane) => lane.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return outcome;
}

/** Whether a verdict was reached. Nothing that goes wrong with one file stops the others. */
async function scan(file: QueuedScan, worker: Worker): Promise<boolean> {
  const { queue, onVerdict } = worker;
  let verdict: Verdict;
  try {
    verdict = await inspect(file, worker, AbortSignal.timeout(longestScan));
  } catch (error) {
    await queue.scanFailed(file, messageOf(error));
    return false;
  }
  if (verdict.state === "clean") await queue.clean(file);
  else if (verdict.state === "infected") await queue.infected(file);
  else await queue.rejected(file, verdict.failure);
  onVerdict(file, verdict);
  return true;
}

/** How many could not be removed. What fails together is tried one by one: one may be to blame. */
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
      await worker.queue.removalFailed(object, messageOf(error));
      return 1;
    }
    let failed = 0;
    for (const single of objects) failed += await remove(bucket, [single], worker);
    return failed;
  }
  for (const object of objects) await worker.queue.removed(object);
  return 0;
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
