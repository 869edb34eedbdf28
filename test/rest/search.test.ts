import { beforeAll, describe, expect, test } from "vitest";
import { password } from "../world/people.ts";
import { someWord } from "../world/words.ts";
import { Caller, invalid, made, type Person, person, refusal, refused } from "./support.ts";

const word = someWord();
let creator: Person;
let ann: Person;
let bob: Person;
let cat: Person;

/** A talent whose profile contains the word of this file. */
async function talent(name: string, fields: object): Promise<Person> {
  const one = await person("talent", name);
  expect((await one.put("/users/me", { bio: `Likes ${word}.`, ...fields })).status).toBe(200);
  return one;
}

const search = (query = "", as: Caller = creator) => as.get(`/users/search?q=${word}${query}`);

async function namesOf(query: string): Promise<string[]> {
  const { status, body } = await search(query);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.pagination.total).toBe(body.users.length);
  return body.users.map(({ name }: { name: string }) => name);
}

beforeAll(async () => {
  creator = await person("creator", `Cleo ${word}`);
  // One after the other: of equals, the newer come first.
  ann = await talent("Ann", {
    professionalTitle: "Editor",
    skills: ["Figma", "UI Design"],
    hourlyRate: 40.5,
    availability: "available_now",
  });
  bob = await talent("Bob", { skills: ["Figma"], availability: "not_available" });
  cat = await talent("Cat", {
    professionalTitle: `${word} artist`,
    skills: ["UI Design"],
    hourlyRate: 90,
  });
});

describe("GET /users/search", () => {
  test("returns the talents that match, with the documented fields and an exact total", async () => {
    const { status, body } = await search();
    expect(status).toBe(200);
    expect(body).toEqual({
      users: [
        expect.objectContaining({ id: cat.id, name: "Cat", hourlyRate: 90, availability: null }),
        {
          id: ann.id,
          name: "Ann",
          professionalTitle: "Editor",
          avatarUrl: null,
          skills: ["Figma", "UI Design"],
          hourlyRate: 40.5,
          currency: "USD",
          availability: "available_now",
          averageRating: null,
          totalReviews: 0,
        },
        expect.objectContaining({ id: bob.id, name: "Bob", hourlyRate: null }),
      ],
      pagination: { page: 1, limit: 20, total: 3, totalPages: 1, hasNext: false, hasPrev: false },
      nextCursor: null,
    });
    for (const { email } of [creator, ann, bob, cat]) {
      expect(JSON.stringify(body)).not.toContain(email);
    }
  });

  test.each([
    ["&skills[]=Figma&skills[]=UI%20Design", ["Ann"]],
    ["&skills%5B%5D=figma", ["Ann", "Bob"]],
    ["&skills=UI+Design&skills=Figma", ["Ann"]],
    ["&skills[]=Figma&skills[]=UI%20Design&skillsMode=any", ["Cat", "Ann", "Bob"]],
    ["&minRate=40.5", ["Cat", "Ann"]],
    ["&minRate=40.51&maxRate=90", ["Cat"]],
    ["&maxRate=89.99", ["Ann"]],
    ["&availability=not_available", ["Bob"]],
    ["&minRating=1", []],
    ["&sort=createdAt", ["Ann", "Bob", "Cat"]],
    ["&sort=-hourlyRate", ["Cat", "Ann", "Bob"]],
    ["&sort=hourlyRate&skills=UI%20Design&minRate=5", ["Ann", "Cat"]],
    ["%20artist", ["Cat"]],
    ["%20edi", ["Ann"]],
  ])("understands %s", async (query, expected) => {
    const names = await namesOf(query);
    expect(names).toEqual(expected);
  });

  test("has pages by number and by cursor", async () => {
    const first = await search("&limit=2");
    expect(first.body.pagination).toMatchObject({ total: 3, totalPages: 2, hasNext: true });
    const byNumber = await search("&limit=2&page=2");
    const byCursor = await search(`&limit=2&cursor=${first.body.nextCursor}`);
    for (const { body } of [byNumber, byCursor]) {
      expect(body.users.map(({ name }: { name: string }) => name)).toEqual(["Bob"]);
      expect(body.pagination).toMatchObject({ total: 3, totalPages: 2, hasNext: false });
      expect(body.nextCursor).toBeNull();
    }
    expect(byNumber.body.pagination).toMatchObject({ page: 2, hasPrev: true });
    expect(byCursor.body.pagination).toMatchObject({ page: 1, hasPrev: false });
    const middle = await search("&limit=1");
    const second = await search(`&limit=1&cursor=${middle.body.nextCursor}`);
    expect(second.body.pagination).toMatchObject({ page: 1, hasNext: true });
    expect(second.body.nextCursor).not.toBeNull();
    const { body } = await search("&limit=5000");
    expect(body.pagination.limit).toBe(50);
  });

  test("has the talents in data, and page and cursor in meta, with Prefer: envelope", async () => {
    const { body } = await creator.get(`/users/search?q=${word}&limit=1`, {
      headers: { prefer: "envelope" },
    });
    expect(body).toEqual({
      data: [expect.objectContaining({ name: "Cat" })],
      meta: {
        pagination: expect.objectContaining({ total: 3, totalPages: 3 }),
        nextCursor: expect.any(String),
      },
    });
  });

  test("names every invalid parameter", async () => {
    const wrong = [
      "skills[]=Figma",
      "skills[]=Juggling",
      "skillsMode=some",
      "minRate=cheap",
      "maxRate=-5",
      "availability=soon",
      "minRating=5.1",
      "sort=name",
      "page=0",
      "limit=1.5",
      "cursor=!",
    ].join("&");
    expect(refusal(await search(`${"x".repeat(200)}&${wrong}`))).toEqual(
      invalid(
        "q",
        "skills",
        "skillsMode",
        "minRate",
        "maxRate",
        "availability",
        "minRating",
        "sort",
        "page",
        "limit",
        "cursor",
      ),
    );
    expect(refusal(await search("&minRate=50&maxRate=49.99"))).toEqual(invalid("minRate"));
    const { body } = await search("&limit=1");
    expect(refusal(await search(`&page=2&cursor=${body.nextCursor}`))).toEqual(invalid("cursor"));
    expect(refusal(await search("&skill=Figma&page[]=1"))).toEqual(invalid("skill", "page[]"));
    expect(refusal(await search("&q=more"))).toEqual(invalid("q"));
  });

  test("is for creators only", async () => {
    expect(refusal(await search("", ann))).toEqual(refused(403, "CREATOR_ONLY"));
    expect(refusal(await search("", new Caller()))).toEqual(refused(401, "NOT_AUTHENTICATED"));
  });

  test("shows a saved profile at once", async () => {
    await ann.put("/users/me", { availability: "not_available", hourlyRate: 95 });
    expect(await namesOf("&minRate=91")).toEqual(["Ann"]);
    expect(await namesOf("")).toEqual(["Cat", "Bob", "Ann"]);
    await ann.put("/users/me", { availability: "available_now", hourlyRate: 40.5 });
    expect(await namesOf("")).toEqual(["Cat", "Ann", "Bob"]);
  });

  test("leaves out blocked and deleted talents", async () => {
    const [blocked, blocking, gone] = await Promise.all(
      ["Blocked", "Blocking", "Gone"].map((name) => talent(name, {})),
    );
    expect(await namesOf("")).toHaveLength(6);
    await creator.put(`/users/${blocked?.id}/block`, {});
    await blocking?.put(`/users/${creator.id}/block`, {});
    expect((await gone?.delete("/users/me", { password }))?.status).toBe(204);
    expect(await namesOf("")).toEqual(["Cat", "Ann", "Bob"]);

    const other = await person("creator");
    expect((await search("", other)).body.pagination.total).toBe(5);
  });

  test("shows the rating of a talent once a creator has reviewed them", async () => {
    const dueDate = "2099-12-31";
    const project = await made(
      creator.post("/projects", { name: "Trailer", description: "Short", dueDate }),
    );
    await made(creator.post(`/projects/${project.id}/team`, { userId: cat.id, role: "Editor" }));
    await creator.put(`/projects/${project.id}`, { status: "completed" });
    const review = { talentId: cat.id, projectId: project.id, rating: 4, text: "Good work" };
    const { id } = await made(creator.post("/reviews", review));
    const { body } = await search("&minRating=4");
    expect(body.users).toMatchObject([{ name: "Cat", averageRating: 4, totalReviews: 1 }]);
    await creator.delete(`/reviews/${id}`);
    expect(await namesOf("&minRating=1")).toEqual([]);
  });
});
