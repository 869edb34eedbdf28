/**
 * Runs the same work, never twice at the same time. A call during a run causes one more run afterwards, so
 * that nothing is missed and ten calls do not cause ten runs.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isRequested = false;

  async function run(): Promise<void> {
    try {
      while (isRequested) {
        isRequested = false;
        await work();
      }
    } finally {
      running = undefined;
    }
  }

  return () => {
    isRequested = true;
    running ??= run();
    return running;
  };
}
