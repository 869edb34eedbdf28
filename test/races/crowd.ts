/** Starts as many at once, and waits for all of them. */
export const crowd = <T>(size: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: size }, (_, index) => work(index)));

/**
 * Whether a statement reached the database's time limit. On a busy machine some of a crowd do, because they wait for
 * each other; what the others wrote must be exact all the same.
 */
export const ranOutOfTime = (error: { readonly code: string } | null): boolean =>
  error?.code === "57014";
