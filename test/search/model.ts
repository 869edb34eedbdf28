/**
 * The search by brute force: what docs and comments promise, written down a second time without any
 * index. Slow, and therefore easy to believe.
 */

export interface Talent {
  readonly id: string;
  readonly name: string;
  readonly title: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[];
  readonly rate: number | null;
  readonly availability: string | null;
  readonly rating: number | null;
  /** The place in the order of created_at and id. */
  readonly age: number;
  readonly banned: boolean;
}

export interface Search {
  readonly q?: string;
  readonly skills?: readonly string[];
  readonly skillsMode?: "all" | "any";
  readonly minRate?: number;
  readonly maxRate?: number;
  readonly availability?: string;
  readonly minRating?: number;
  readonly sort?: string;
}

const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Folded text, cut into runs of letters of one kind of script. */
function runs(text: string): string[] {
  const folded = text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/['’`\u0640]|[\u0300-\u036f]|[\u064b-\u065f\u0670]/gu, "")
    .normalize("NFC")
    .replace(/ß/gu, "ss")
    .replace(/æ/gu, "ae")
    .replace(/ø/gu, "o")
    .replace(/ł/gu, "l")
    .replace(/\u0649/gu, "\u064a")
    .replace(/\u0629/gu, "\u0647");
  return folded
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap(
      (word) =>
        word.match(new RegExp(`${unspaced.source}+|[^${unspaced.source.slice(1)}+`, "gu")) ?? [],
    );
}

export function wordsOf(text: string): Set<string> {
  const words = runs(text).flatMap((run) =>
    unspaced.test(run) ? [...run].map((letter, at, all) => letter + (all[at + 1] ?? "")) : [run],
  );
  return new Set(words);
}

interface Term {
  readonly word: string;
  readonly isPrefix: boolean;
}

function termsOf(query: string): Term[] {
  const all = runs(query);
  return all.flatMap((run, place): Term[] => {
    const letters = [...run];
    if (!unspaced.test(run)) return [{ word: run, isPrefix: place === all.length - 1 }];
    if (letters.length === 1) return [{ word: run, isPrefix: true }];
    return letters
      .slice(0, -1)
      .map((letter, at) => ({ word: letter + letters[at + 1], isPrefix: false }));
  });
}

/** Whether one letter was changed, added, left out, or swapped with its neighbour. */
export function differsInOneLetter(a: string, b: string): boolean {
  if (a === b) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB.slice(1) ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0])
  );
}

interface Searchable extends Talent {
  readonly head: Set<string>;
  readonly words: Set<string>;
}

export class Model {
  readonly #talents: readonly Searchable[];
  readonly #vocabulary: ReadonlySet<string>;

  constructor(talents: readonly Talent[]) {
    this.#talents = talents.map((talent) => {
      const head = wordsOf(`${talent.name} ${talent.title ?? ""}`);
      return { ...talent, head, words: new Set([...head, ...wordsOf(talent.bio ?? "")]) };
    });
    this.#vocabulary = new Set(this.#talents.flatMap(({ words }) => [...words]));
  }

  /** The words that a term stands for. */
  #meaning({ word, isPrefix }: Term): Set<string> {
    const known = isPrefix
      ? [...this.#vocabulary].filter((other) => other.startsWith(word))
      : [word].filter((other) => this.#vocabulary.has(other));
    if (known.length > 0 || [...word].length < 5) return new Set(known);
    return new Set([...this.#vocabulary].filter((other) => differsInOneLetter(word, other)));
  }

  /** All that match, in their order. */
  ids(search: Search): string[] {
    const terms = termsOf(search.q ?? "").map((term) => this.#meaning(term));
    const hasEach = (words: Set<string>) =>
      terms.every((meaning) => [...words].some((word) => meaning.has(word)));
    const skills = search.skills ?? [];
    const isAny = search.skillsMode === "any";

    const matches = this.#talents.filter((talent) => {
      const has = (skill: string) => talent.skills.includes(skill);
      return (
        !talent.banned &&
        hasEach(talent.words) &&
        (skills.length === 0 || (isAny ? skills.some(has) : skills.every(has))) &&
        (search.minRate === undefined || (talent.rate ?? -1) >= search.minRate) &&
        (search.maxRate === undefined || (talent.rate ?? Infinity) <= search.maxRate) &&
        (search.availability === undefined || talent.availability === search.availability) &&
        (search.minRating === undefined || (talent.rating ?? 0) >= search.minRating)
      );
    });

    const byValue = (value: (talent: Talent) => number | null, sign: number) => (talent: Talent) =>
      value(talent) === null ? Infinity : sign * (value(talent) as number);
    const keys: ((talent: Searchable) => number)[] = (() => {
      switch (search.sort) {
        case "averageRating":
          return [byValue(({ rating }) => rating, 1), ({ age }) => -age];
        case "-averageRating":
          return [byValue(({ rating }) => rating, -1), ({ age }) => -age];
        case "hourlyRate":
          return [byValue(({ rate }) => rate, 1), ({ age }) => -age];
        case "-hourlyRate":
          return [byValue(({ rate }) => rate, -1), ({ age }) => -age];
        case "createdAt":
          return [({ age }) => age];
        case "-createdAt":
          return [({ age }) => -age];
        default:
          return [
            ({ availability }) => (availability === "not_available" ? 1 : 0),
            ({ head }) => (hasEach(head) ? 0 : 1),
            (talent) =>
              isAny ? skills.filter((skill) => !talent.skills.includes(skill)).length : 0,
            byValue(({ rating }) => rating, -1),
            ({ age }) => -age,
          ];
      }
    })();

    return matches
      .map((talent) => ({ id: talent.id, keys: keys.map((key) => key(talent)) }))
      .sort((a, b) => {
        const at = a.keys.findIndex((key, place) => key !== b.keys[place]);
        return at < 0 ? 0 : (a.keys[at] as number) < (b.keys[at] as number) ? -1 : 1;
      })
      .map(({ id }) => id);
  }
}
