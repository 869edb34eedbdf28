/**
 * The same work, never twice at once: a call while it runs lets it run once more afterwards, so that
 * nothing is missed and ten calls do not make ten runs.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isAskedFor = false;

  async function run(): Promise<void> {
    try {
      while (isAskedFor) {
        isAskedFor = false;
        await work();
      }
    } finally {
      running = undefined;
    }
  }

  return () => {
    isAskedFor = true;
    running ??= run();
    return running;
  };
}
