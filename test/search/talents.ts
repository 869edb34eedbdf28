/** Random talents whose few words meet often: with accents, in several scripts, one letter apart. */
import type { LoadedTalent } from "../../bench/data/load-talents.ts";
import type { Random } from "../world/random.ts";
import type { Search } from "./model.ts";

const names = [
  "Zoë",
  "Zoe",
  "José",
  "Jose",
  "O'Brien",
  "Łukasz",
  "Søren",
  "Straße",
  "Anna",
  "Annika",
  "Ana",
  "محمد",
  "أحمد",
  "田中",
  "太郎",
  "김민준",
  "Marta",
  "Martha",
  "Mårten",
];
const titles = [
  "Video Editor",
  "Motion Designer",
  "UI/UX Designer",
  "3D-Artist",
  "Designer",
  "動画編集者",
  "مصمم جرافيك",
  "영상 편집자",
  "Éditeur vidéo",
  "Sound design",
];
const words = [
  "video",
  "videos",
  "editor",
  "editing",
  "edits",
  "design",
  "designer",
  "designs",
  "desert",
  "brand",
  "branding",
  "film",
  "films",
  "motion",
  "emotion",
  "music",
  "rhythm",
  "colour",
  "color",
  "naïve",
  "café",
  "résumé",
  "2d",
  "3d",
  "動画",
  "編集",
  "映像制作",
  "東京",
  "مصمم",
  "مُصَمِّم",
  "تصميم",
  "디자인",
  "서울",
  "don't",
  "C++",
  "e-commerce",
  "zz",
  "zzz",
  "quartz",
];
export const skills = [
  "Figma",
  "Video Editing",
  "Motion Graphics",
  "Typography",
  "Blender",
  "3D Animation",
];
const availabilities = [
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
  null,
];
const rates = [
  "5.00",
  "20.00",
  "20.50",
  "20.75",
  "21.00",
  "40.00",
  "40.01",
  "60.00",
  "60.99",
  "499.99",
  "500.00",
  null,
];
const ratings = ["1.0", "3.5", "4.0", "4.2", "4.3", "4.9", "5.0", null, null];

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;

export function randomTalent(random: Random): LoadedTalent {
  const rating = pick(random, ratings);
  return {
    name: `${pick(random, names)} ${pick(random, names)}`,
    title: random.chance(0.9) ? pick(random, titles) : null,
    bio: random.chance(0.9)
      ? Array.from({ length: 1 + random.below(12) }, () => pick(random, words)).join(
          pick(random, [" ", ", ", " – "]),
        )
      : null,
    skills: random.some(skills, 0, 4),
    rate: pick(random, rates),
    availability: pick(random, availabilities),
    rating,
    reviews: rating === null ? 0 : 1 + random.below(9),
  };
}

/** A word as users type it: whole, cut, misspelt, in capitals. */
function typed(random: Random): string {
  const word = pick(random, random.chance(0.7) ? words : names);
  const at = random.below(word.length);
  switch (random.below(6)) {
    case 0:
      return word.slice(0, at + 1);
    case 1:
      return word.slice(0, at) + word.slice(at + 1);
    case 2:
      return `${word.slice(0, at)}x${word.slice(at)}`;
    case 3:
      return word.toUpperCase();
    case 4:
      return (
        word.slice(0, at) +
        word.slice(at).split("").slice(0, 2).reverse().join("") +
        word.slice(at + 2)
      );
    default:
      return word;
  }
}

const sorts = [
  "averageRating",
  "-averageRating",
  "hourlyRate",
  "-hourlyRate",
  "createdAt",
  "-createdAt",
];

export function randomSearch(random: Random): Search {
  const search: Record<string, unknown> = {};
  const maybe = (share: number, key: string, value: () => unknown) => {
    if (random.chance(share)) search[key] = value();
  };
  maybe(0.6, "q", () => Array.from({ length: 1 + random.below(3) }, () => typed(random)).join(" "));
  maybe(0.4, "skills", () => random.some(skills, 1, 3));
  maybe(0.3, "skillsMode", () => pick(random, ["all", "any"]));
  maybe(0.25, "minRate", () => pick(random, [0, 5, 20, 20.5, 21, 40, 60.5, 500, 600]));
  maybe(0.25, "maxRate", () => pick(random, [4, 20, 20.6, 21, 40, 60.99, 499.99, 500, 9999]));
  maybe(0.25, "availability", () => pick(random, availabilities.slice(0, 4)));
  maybe(0.25, "minRating", () => pick(random, [1, 3.5, 4.25, 4.3, 5]));
  maybe(0.4, "sort", () => pick(random, sorts));
  return search;
}
