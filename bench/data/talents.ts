/**
 * Talents for benchmarks: the same in every run, and the first 10,000 of a million are the same as
 * ten thousand. Some letters have accents, some rates have cents, a third has no rating.
 */
import { randomOf } from "../../test/world/random.ts";
import type { LoadedTalent } from "./load-talents.ts";
import {
  byFrequency,
  inventedNames,
  inventedWords,
  levels,
  titles,
  tradeWords,
} from "./vocabulary.ts";

const availabilities = [
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
] as const;

export function* benchTalents(
  count: number,
  skillNames: readonly string[],
): Generator<LoadedTalent> {
  const random = randomOf(20261129);
  const firstNames = inventedNames(random, 2_000, 2);
  const surnames = inventedNames(random, 8_000, 3);
  const words = [...tradeWords, ...inventedWords(random, 40_000, 3)];
  const title = byFrequency(random, titles, 3);
  const word = byFrequency(random, words, 12);
  const skill = byFrequency(random, skillNames, 8);
  const share = () => random.below(1_000_000) / 1_000_000;
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());

  for (let n = 0; n < count; n += 1) {
    const name = `${random.one(firstNames)} ${random.one(surnames)}`;
    const bio = Array.from({ length: 20 + random.below(60) }, word)
      .join(" ")
      .slice(0, 490);
    const skills = new Set(Array.from({ length: 1 + random.below(8) }, skill));
    const dollars = Math.min(500, Math.max(5, Math.exp(3.9 + 0.55 * normal())));
    const kind = share();
    const rate =
      kind < 0.7 ? Math.round(dollars) : kind < 0.9 ? Math.floor(dollars) + 0.5 : dollars;
    const reviews = share() < 0.35 ? 0 : 1 + random.below(40);
    const rating = Math.min(5, Math.max(1, 4.4 + 0.5 * normal()));
    yield {
      name: share() < 0.03 ? name.replace("e", "é") : name,
      title: `${random.one(levels)} ${title()}`.trim(),
      bio: share() < 0.92 ? bio : null,
      skills: [...skills],
      rate: share() < 0.95 ? Math.min(500, rate).toFixed(2) : null,
      availability: random.one(availabilities) ?? null,
      rating: reviews === 0 ? null : rating.toFixed(1),
      reviews,
    };
  }
}
