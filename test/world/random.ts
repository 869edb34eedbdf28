/** Chance that can be repeated: the same seed gives the same run. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  chance(probability: number): boolean;
  /** One of them; undefined where there is none. */
  one<T>(from: readonly T[]): T | undefined;
  /** Between `least` and `most` of them, each once. */
  some<T>(from: readonly T[], least: number, most: number): T[];
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32: 32 bits of state are plenty for ten thousand steps.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    chance: (probability) => next() < probability,
    one: (from) => from[below(from.length)],
    some: (from, least, most) => {
      const left = [...from];
      const count = Math.min(left.length, least + below(most - least + 1));
      return Array.from({ length: count }, () => left.splice(below(left.length), 1)).flat();
    },
  };
}

/**
 * The seed of a test that leaves something to chance: another one each time. It is printed, so that a failure can
 * be repeated: TEST_SEED=… npm test product.
 */
export function testSeed(): number {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`TEST_SEED=${seed}`);
  return seed;
}

/** No chance: what is likely happens, and a choice falls on the one at this index. */
export const certain = (index = 0): Random => ({
  below: () => 0,
  chance: (probability) => probability >= 0.5,
  one: (from) => from[index],
  some: (from, least, most) => from.slice(0, Math.min(Math.max(least, 1), most)),
});
