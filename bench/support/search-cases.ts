/** What the benchmark searches for, in forty forms each. */
import { randomOf } from "../../test/world/random.ts";
import { inventedNames, tradeWords } from "../data/vocabulary.ts";

export interface SearchCase {
  readonly name: string;
  readonly goal: number;
  /** The n-th form of the search. */
  input(n: number): Record<string, unknown>;
}

const random = randomOf(20261129);
inventedNames(random, 2_000, 2);
const surnames = inventedNames(random, 8_000, 3);

const trade = (n: number): string => tradeWords[n % 20] ?? "";
const broad = (n: number): string => `${trade(n)} ${trade(n + 1 + (n % 7))}`;
const skills = [
  "2D Animation",
  "3D Animation",
  "3D Modeling",
  "3D Rendering",
  "Adobe Illustrator",
  "Adobe Photoshop",
  "Animation",
  "Art Direction",
];
const skillAt = (n: number): string => skills[n % skills.length] ?? "";
const twoSkills = (n: number): string[] => [skillAt(n), skillAt(n + 1 + (n % 5))];

/** Two neighbouring letters swapped: a mistake that people make. */
const misspelt = (word: string): string => `${word[0]}${word[2]}${word[1]}${word.slice(3)}`;
const longWords = tradeWords.filter((word) => word.length >= 6);

export const searchCases: readonly SearchCase[] = [
  { name: "S1 broad words", goal: 2.5, input: (n) => ({ q: broad(n) }) },
  { name: "S2 surname", goal: 2, input: (n) => ({ q: surnames[n * 37] }) },
  { name: "S3 no filter", goal: 1.5, input: () => ({}) },
  { name: "S4 two skills", goal: 4, input: (n) => ({ skills: twoSkills(n) }) },
  { name: "S4 rates", goal: 4, input: (n) => ({ minRate: 20 + n, maxRate: 60 + n }) },
  {
    name: "S5 six filters",
    goal: 8,
    input: (n) => ({
      q: trade(n),
      skills: [skillAt(n)],
      minRate: 20,
      maxRate: 100 + n,
      availability: "available_now",
      minRating: 4,
    }),
  },
  { name: "S6 page 500", goal: 8, input: (n) => ({ q: trade(n), page: 500 }) },
  { name: "S7 no hit", goal: 0.5, input: (n) => ({ q: `qqx${n}` }) },
  {
    name: "S7 misspelt",
    goal: 4,
    input: (n) => ({ q: misspelt(longWords[n % longWords.length] ?? "") }),
  },
  { name: "S8 two letters", goal: 5, input: (n) => ({ q: trade(n).slice(0, 2) }) },
  { name: "S8 three letters", goal: 5, input: (n) => ({ q: trade(n).slice(0, 3) }) },
];
