import { beforeAll, describe, expect, test } from "vitest";
import { someWord } from "../world/words.ts";
import { talentList } from "./responses.ts";
import { type Person, person, visitor } from "./support.ts";

const word = someWord();
let creator: Person;
let talents: readonly Person[];

/** Seven talents; the first is the newest, so the order of relevance is theirs. */
beforeAll(async () => {
  creator = await person("creator");
  const made: Person[] = [];
  for (const name of ["G", "F", "E", "D", "C", "B", "A"]) {
    const talent = await person("talent", `${name} ${word}`);
    await talent.onswift.users.update({ hourlyRate: 50, skills: ["Figma"] }).orThrow();
    made.unshift(talent);
  }
  talents = made;
});

const letters = (users: readonly { readonly name: string }[]) =>
  users.map(({ name }) => name.slice(0, 1)).join("");

async function iterated(list: AsyncIterable<{ readonly name: string }>): Promise<string> {
  const users: { readonly name: string }[] = [];
  for await (const user of list) users.push(user);
  return letters(users);
}

describe("users.search", () => {
  test("returns one page with the documented fields", async () => {
    const page = talentList.parse(
      await creator.onswift.users.search({ q: word, limit: 3, page: 2 }).orThrow(),
    );
    expect(letters(page.users)).toBe("DEF");
    expect(page.users[0]).toEqual({
      id: talents[3]?.id,
      name: `D ${word}`,
      professionalTitle: null,
      avatarUrl: null,
      skills: ["Figma"],
      hourlyRate: 50,
      currency: "USD",
      availability: null,
      averageRating: null,
      totalReviews: 0,
    });
    expect(page.pagination).toMatchObject({ page: 2, limit: 3, total: 7, totalPages: 3 });
    const last = await creator.onswift.users
      .search({ q: word, limit: 3, cursor: page.nextCursor ?? "" })
      .orThrow();
    expect([letters(last.users), last.nextCursor]).toEqual(["G", null]);
  });

  test("finds all talents without a filter", async () => {
    const { pagination } = await creator.onswift.users.search().orThrow();
    expect(pagination.total).toBeGreaterThanOrEqual(7);
  });

  test("iterates over all pages", async () => {
    const { users } = creator.onswift;
    expect(await iterated(users.search({ q: word, limit: 2 }))).toBe("ABCDEFG");
    expect(await iterated(users.search({ q: word, limit: 2, sort: "createdAt" }))).toBe("GFEDCBA");
    expect(await iterated(users.search({ q: word, limit: 2, page: 2 }))).toBe("CDEFG");
    expect(await iterated(users.search({ q: word, minRate: 51 }))).toBe("");
  });

  test("an iteration neither repeats nor loses talents while others move", async () => {
    const seen: string[] = [];
    const found = creator.onswift.users.search({ q: word, limit: 2, sort: "hourlyRate" });
    for await (const { name } of found) {
      seen.push(name.slice(0, 1));
      if (seen.length === 2) {
        // One of the first page moves behind, one of the last page to the front, and one is new there.
        await talents[0]?.onswift.users.update({ hourlyRate: 80 }).orThrow();
        await talents[6]?.onswift.users.update({ hourlyRate: 20 }).orThrow();
        const late = await person("talent", `H ${word}`);
        await late.onswift.users.update({ hourlyRate: 10 }).orThrow();
      }
    }
    expect(seen.join("")).toBe("ABCDEF");
    const all = await iterated(creator.onswift.users.search({ q: word, sort: "hourlyRate" }));
    expect(all).toBe("HGBCDEFA");
  });

  test("is for creators", async () => {
    const refused = await talents[0]?.onswift.users.search({ q: word });
    expect(refused?.error).toMatchObject({ code: "CREATOR_ONLY", status: 403 });
    expect((await visitor().users.search()).error?.code).toBe("NOT_AUTHENTICATED");
  });
});
