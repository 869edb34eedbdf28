/** Starts as many at once, and waits for all of them. */
export const crowd = <T>(size: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: size }, (_, index) => work(index)));
