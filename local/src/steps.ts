/** Is called with each step of a start as it ends. */
export type OnStep = (step: string, milliseconds: number) => void;

/** Runs a step and reports how long it took. */
export type Timed = <T>(step: string, work: () => Promise<T>) => Promise<T>;

export const timing =
  (onStep: OnStep = () => undefined): Timed =>
  async (step, work) => {
    const began = performance.now();
    const result = await work();
    onStep(step, performance.now() - began);
    return result;
  };

/** Waits for all of them before it throws the first failure: nothing is stopped while a step still uses it. */
export async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
