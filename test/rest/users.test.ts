import { beforeAll, describe, expect, test } from "vitest";
import { notifyOften } from "../world/notifications.ts";
import { password } from "../world/people.ts";
import {
  anotherSession,
  aProject,
  Caller,
  invalid,
  made,
  type Person,
  person,
  refusal,
  refused,
  unknownId,
} from "./support.ts";

let talent: Person;
let creator: Person;
beforeAll(async () => {
  [talent, creator] = await Promise.all([person("talent", "Tam"), person("creator", "Cleo")]);
});

describe("the user's own profile", () => {
  test("a talent can change every field of theirs", async () => {
    const fields = {
      name: "Tam Quill",
      professionalTitle: "Senior Video Editor",
      bio: "Ten years.\nStill <3 it.",
      skills: ["Video Editing", "motion graphics"],
      portfolioLinks: ["https://portfolio.example", "http://vimeo.example/tam?x=1#top"],
      hourlyRate: 80.5,
      availability: "available_now",
      linkedinUrl: "https://linkedin.com/in/tam",
      twitterUrl: "https://x.com/tam",
      instagramUrl: "https://instagram.com/tam",
      youtubeUrl: "https://youtube.com/@tam",
      githubUrl: "https://github.com/tam",
    };
    const { status, body } = await talent.put("/users/me", fields);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...fields, skills: ["Video Editing", "Motion Graphics"] });
    expect(body).toMatchObject({ email: talent.email, currency: "USD", companyName: null });
    expect(body.profileCompletionPercentage).toBe(90);
    expect(Date.parse(body.updatedAt)).toBeGreaterThan(Date.parse(body.createdAt));
    expect((await talent.get("/users/me")).body).toEqual(body);
  });

  test("fields that are not sent stay, and null clears a field", async () => {
    await talent.put("/users/me", { bio: "Here", hourlyRate: 20 });
    const { body } = await talent.put("/users/me", { hourlyRate: null, skills: null });
    expect(body).toMatchObject({ bio: "Here", hourlyRate: null, skills: [] });
    expect((await talent.put("/users/me", {})).status).toBe(200);
  });

  test("a creator can set a company and no field of a talent", async () => {
    const { body } = await creator.put("/users/me", { companyName: "Acme", githubUrl: null });
    expect(body).toMatchObject({ companyName: "Acme", skills: null, hourlyRate: null });
    const talents = { bio: "x", skills: ["Figma"], hourlyRate: 50, availability: "available_now" };
    expect(refusal(await creator.put("/users/me", talents))).toEqual(
      invalid("bio", "skills", "hourlyRate", "availability"),
    );
    expect(refusal(await talent.put("/users/me", { companyName: "Mine" }))).toEqual(
      invalid("companyName"),
    );
  });

  test.each<[string, object, string[]]>([
    [
      "read-only fields",
      { id: unknownId, userType: "creator", email: "x@y.example", createdAt: "x" },
      ["id", "userType", "email", "createdAt"],
    ],
    ["unknown fields", { nickname: "T" }, ["nickname"]],
    ["too long a bio", { bio: "x".repeat(501) }, ["bio"]],
    ["eleven skills", { skills: Array.from({ length: 11 }, () => "Figma") }, ["skills"]],
    ["a skill that is not on the list", { skills: ["Figma", "Telepathy"] }, ["skills"]],
    [
      "six links",
      { portfolioLinks: Array.from({ length: 6 }, (_, i) => `https://x.example/${i}`) },
      ["portfolioLinks"],
    ],
    ["a rate too low", { hourlyRate: 4.99 }, ["hourlyRate"]],
    ["a rate too high", { hourlyRate: 500.01 }, ["hourlyRate"]],
    ["a rate with thirds of a cent", { hourlyRate: 10.333 }, ["hourlyRate"]],
    ["a rate in words", { hourlyRate: "50" }, ["hourlyRate"]],
    ["an unknown availability", { availability: "soon" }, ["availability"]],
    ["another scheme", { linkedinUrl: "javascript:alert(1)" }, ["linkedinUrl"]],
    ["a login in a link", { githubUrl: "https://me:secret@github.com" }, ["githubUrl"]],
    ["no name", { name: null }, ["name"]],
    ["a type and a skill", { bio: 7, skills: ["Telepathy"], zip: 1 }, ["bio", "skills", "zip"]],
    ["a broken item", { skills: ["Figma", 7] }, ["skills[1]"]],
  ])("refuses %s and names the field", async (_what, body, fields) => {
    const before = (await talent.get("/users/me")).body;
    expect(refusal(await talent.put("/users/me", body))).toEqual(invalid(...fields));
    expect((await talent.get("/users/me")).body).toEqual(before);
  });

  test("accepts values exactly at the limits", async () => {
    const { status } = await talent.put("/users/me", {
      name: "🎬".repeat(255),
      bio: "x".repeat(500),
      hourlyRate: 500,
      portfolioLinks: [`https://x.example/${"y".repeat(2048 - 18)}`],
    });
    expect(status).toBe(200);
    expect((await talent.put("/users/me", { hourlyRate: 5 })).status).toBe(200);
  });
});

describe("profiles of other users", () => {
  test("every signed-in user can read a talent's profile, without the email address", async () => {
    const reader = await person("creator");
    const { status, body } = await reader.get(`/users/${talent.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: talent.id,
      userType: "talent",
      totalReviews: 0,
      averageRating: null,
    });
    expect(JSON.stringify(body)).not.toContain(talent.email);
  });

  test("only the creator can read their own profile", async () => {
    expect(refusal(await talent.get(`/users/${creator.id}`))).toEqual(
      refused(403, "PROFILE_PRIVATE"),
    );
    expect((await creator.get(`/users/${creator.id}`)).status).toBe(200);
  });

  test("an unknown id is 404, a malformed id 400, and a request without a token 401", async () => {
    expect(refusal(await talent.get(`/users/${unknownId}`))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await talent.get("/users/someone"))).toEqual(invalid("userId"));
    expect(refusal(await new Caller().get(`/users/${talent.id}`))).toEqual(
      refused(401, "NOT_AUTHENTICATED"),
    );
  });
});

test("everyone can list the skills, sorted by name", async () => {
  const { status, body } = await new Caller().get("/skills");
  expect(status).toBe(200);
  const names = body.skills.map(({ name }: { name: string }) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(names).toEqual(
    expect.arrayContaining(["Video Editing", "UI Design", "Figma", "Prototyping"]),
  );
});

test("an export contains all data of the user", async () => {
  const project = await made(creator.post("/projects", aProject()));
  const { status, body } = await creator.get("/users/me/export");
  expect(status).toBe(200);
  expect(body.profile.email).toBe(creator.email);
  expect(body.projects.map(({ id }: { id: string }) => id)).toContain(project.id);
});

test("an export of more than a piece is one JSON object, also in an envelope", async () => {
  const noted = await person("talent");
  const ids = await notifyOften(noted.id, 1_200);
  const { status, body, headers } = await noted.get("/users/me/export");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(body.notifications.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(body.next).toBeUndefined();
  const wrapped = await noted.get("/users/me/export", { headers: { prefer: "envelope" } });
  expect(wrapped.body.meta).toEqual({});
  expect({ ...wrapped.body.data, exportedAt: body.exportedAt }).toEqual(body);
});

describe("deleting the account", () => {
  test("requires the right password", async () => {
    const leaving = await person("talent");
    expect(refusal(await leaving.delete("/users/me", { password: "Wrong-1234" }))).toEqual(
      refused(403, "WRONG_PASSWORD"),
    );
    expect(refusal(await leaving.delete("/users/me", {}))).toEqual(invalid("password"));
    expect(refusal(await leaving.delete("/users/me?force=maybe", { password }))).toEqual(
      invalid("force"),
    );
    expect(refusal(await leaving.delete("/users/me"))).toEqual(
      refused(415, "UNSUPPORTED_MEDIA_TYPE"),
    );
    expect((await leaving.get("/users/me")).status).toBe(200);
  });

  test("counts wrong passwords like failed sign-ins", async () => {
    const leaving = await person("talent");
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await leaving.delete("/users/me", { password: "Wrong-1234" })).status).toBe(403);
    }
    const sixth = await leaving.delete("/users/me", { password });
    expect(refusal(sixth)).toEqual(refused(429, "RATE_LIMITED"));
    expect(Number(sixth.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("ends all sessions, hides the user and refuses further sign-ins", async () => {
    const leaving = await person("talent");
    const elsewhere = await anotherSession(leaving);
    const reply = await leaving.delete("/users/me?force=true", { password });
    expect([reply.status, reply.body]).toEqual([204, undefined]);

    for (const session of [leaving, elsewhere]) {
      expect(refusal(await session.get("/users/me"))).toEqual(refused(401, "SESSION_REVOKED"));
    }
    expect((await creator.get(`/users/${leaving.id}`)).status).toBe(404);
    const { email } = leaving;
    expect(refusal(await new Caller().post("/auth/login", { email, password }))).toEqual(
      refused(401, "INVALID_CREDENTIALS"),
    );
    const { refreshToken } = leaving;
    expect((await new Caller().post("/auth/refresh", { refreshToken })).status).toBe(401);
    const again = { email, password, name: "Again", userType: "talent" };
    expect(refusal(await new Caller().post("/auth/signup", again)).code).toBe("EMAIL_EXISTS");
  });
});
