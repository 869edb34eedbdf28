/** The words that generated people are made of. */
import type { Random } from "../../test/world/random.ts";

const onsets = [
  "b",
  "br",
  "c",
  "ch",
  "d",
  "f",
  "g",
  "gr",
  "h",
  "j",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "st",
  "t",
  "v",
  "w",
  "z",
];
const vowels = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"];
const codas = ["", "", "n", "r", "l", "s", "t", "nd", "x", "m", "ck"];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Made-up words that can be spoken, each once. */
export function inventedWords(random: Random, count: number, syllables: number): string[] {
  const words = new Set<string>();
  const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? "";
  while (words.size < count) {
    let word = "";
    for (let n = 0; n < syllables; n += 1) word += pick(onsets) + pick(vowels) + pick(codas);
    words.add(word);
  }
  return [...words];
}

export const inventedNames = (random: Random, count: number, syllables: number): string[] =>
  inventedWords(random, count, syllables).map(capital);

/** Chooses from a list so that its first entries come up most often, as words do in real text. */
export function byFrequency<T>(random: Random, from: readonly T[], flatness: number): () => T {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= from.length; rank += 1) {
    sum += 1 / (rank + flatness);
    sums.push(sum);
  }
  return () => {
    const target = (random.below(2 ** 31) / 2 ** 31) * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return from[low] as T;
  };
}

export const levels = ["", "", "Junior", "Senior", "Lead", "Freelance", "Principal"] as const;

export const titles = [
  "Video Editor",
  "Motion Designer",
  "Graphic Designer",
  "Animator",
  "Colorist",
  "Sound Designer",
  "Illustrator",
  "Photographer",
  "UI Designer",
  "Product Designer",
  "3D Artist",
  "Art Director",
  "Copywriter",
  "Cinematographer",
  "Producer",
  "Brand Designer",
  "Web Designer",
  "Storyboard Artist",
  "VFX Artist",
  "Composer",
  "Director",
  "Retoucher",
  "Concept Artist",
  "Character Designer",
  "Podcast Editor",
  "Scriptwriter",
  "Voice Artist",
  "Rigger",
  "Layout Artist",
  "Type Designer",
  "Lighting Artist",
  "Game Artist",
  "Stylist",
  "Set Designer",
  "Packaging Designer",
  "UX Writer",
  "Researcher",
  "Translator",
  "Live Streamer",
  "Drone Pilot",
] as const;

/** Words of the trade, which most texts about oneself contain. */
export const tradeWords = [
  "video",
  "editor",
  "design",
  "brand",
  "film",
  "motion",
  "music",
  "years",
  "story",
  "color",
  "sound",
  "studio",
  "campaign",
  "animation",
  "commercial",
  "documentary",
  "social",
  "client",
  "creative",
  "director",
  "editing",
  "designer",
  "project",
  "team",
  "delivery",
  "remote",
  "award",
  "festival",
  "agency",
  "freelance",
  "photography",
  "typography",
  "illustration",
  "product",
  "digital",
  "fashion",
  "launch",
  "rhythm",
  "grading",
  "trailer",
] as const;
