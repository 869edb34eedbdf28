import { beforeAll, describe, expect, test } from "vitest";
import {
  Caller,
  invalid,
  made,
  person,
  refusal,
  refused,
  unknownId,
  type World,
  world,
} from "./support.ts";

let w: World;
let review: { talentId: string; projectId: string; rating: unknown; text: string };

beforeAll(async () => {
  w = await world();
  review = { talentId: w.talent.id, projectId: w.project.id, rating: 5, text: "Great work" };
});

describe("reviewing a talent", () => {
  test("needs a completed project", async () => {
    expect(refusal(await w.creator.post("/reviews", review))).toEqual(
      refused(400, "NO_COMPLETED_PROJECT"),
    );
    const done = await w.creator.put(`/projects/${w.project.id}`, { status: "completed" });
    expect(done.status).toBe(200);
  });

  test("names every invalid field", async () => {
    expect(refusal(await w.creator.post("/reviews", {}))).toEqual(
      invalid("talentId", "projectId", "rating", "text"),
    );
    for (const rating of [0, 6, 4.5, "5", null]) {
      expect(refusal(await w.creator.post("/reviews", { ...review, rating }))).toEqual(
        invalid("rating"),
      );
    }
    expect(refusal(await w.creator.post("/reviews", { ...review, text: " \n " }))).toEqual(
      invalid("text"),
    );
  });

  test("is refused to everyone but the project's creator", async () => {
    expect(refusal(await w.otherTalent.post("/reviews", review))).toEqual(
      refused(403, "CREATOR_ONLY"),
    );
    expect(refusal(await w.otherCreator.post("/reviews", review))).toEqual(
      refused(403, "FORBIDDEN"),
    );
    const stranger = { ...review, talentId: w.otherTalent.id };
    expect(refusal(await w.creator.post("/reviews", stranger))).toEqual(
      refused(400, "NO_COMPLETED_PROJECT"),
    );
  });

  test("returns 201 and counts once, with rating, list, update and deletion", async () => {
    const created = await made(w.creator.post("/reviews", review));
    expect(created).toMatchObject({ ...review, creator: { id: w.creator.id } });
    expect(refusal(await w.creator.post("/reviews", review))).toEqual(
      refused(400, "ALREADY_REVIEWED"),
    );

    const path = `/reviews/${created.id}`;
    expect(refusal(await w.talent.put(path, { rating: 5 }))).toEqual(refused(403, "FORBIDDEN"));
    expect(refusal(await w.otherCreator.delete(path))).toEqual(refused(403, "FORBIDDEN"));
    const updated = await w.creator.put(path, { rating: 4 });
    expect(updated.body).toMatchObject({ id: created.id, rating: 4, text: "Great work" });

    const profile = await w.otherCreator.get(`/users/${w.talent.id}`);
    expect(profile.body).toMatchObject({ averageRating: 4, totalReviews: 1 });

    expect((await w.creator.delete(path)).status).toBe(204);
    expect(refusal(await w.creator.delete(path))).toEqual(refused(404, "NOT_FOUND"));
    const after = await w.talent.get("/users/me");
    expect(after.body).toMatchObject({ averageRating: null, totalReviews: 0 });
  });

  test("creates one review when repeated with the same idempotency key", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const first = await w.creator.send("POST", "/reviews", { body: review, headers });
    const second = await w.creator.send("POST", "/reviews", { body: review, headers });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });
});

describe("the list of reviews", () => {
  test("is public and contains only the card of each creator", async () => {
    const { status, body } = await new Caller().get(`/users/${w.talent.id}/reviews`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      averageRating: 5,
      totalReviews: 1,
      reviewDistribution: { "1": 0, "2": 0, "3": 0, "4": 0, "5": 1 },
      pagination: { page: 1, limit: 20, total: 1, totalPages: 1 },
    });
    expect(Object.keys(body.reviews[0].creator).sort()).toEqual(["avatarUrl", "id", "name"]);
    expect(body.reviews[0]).not.toHaveProperty("projectId");
    expect(JSON.stringify(body)).not.toContain("@");
  });

  test("is not found for unknown users and refused for creators", async () => {
    const visitor = new Caller();
    expect(refusal(await visitor.get(`/users/${unknownId}/reviews`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    expect(refusal(await visitor.get(`/users/${w.creator.id}/reviews`))).toEqual(
      refused(403, "PROFILE_PRIVATE"),
    );
    expect(refusal(await visitor.get("/users/nonsense/reviews"))).toEqual(invalid("userId"));
  });

  test("can be sorted by rating, and refuses an unknown sort", async () => {
    const { body } = await w.creator.get(`/users/${w.talent.id}/reviews?sort=-rating&limit=500`);
    expect(body.pagination.limit).toBe(100);
    expect(refusal(await w.creator.get(`/users/${w.talent.id}/reviews?sort=text`))).toEqual(
      invalid("sort"),
    );
  });
});

describe("the audit trail", () => {
  test("contains the events that concern the user, newest first", async () => {
    const { body } = await w.talent.get(`/audit?projectId=${w.project.id}`);
    const actions = body.events.map(({ action }: { action: string }) => action);
    expect(actions.slice(0, 3)).toEqual(["review.created", "review.deleted", "review.updated"]);
    expect(actions).toContain("task.assigned");
    const page = await w.talent.get(`/audit?limit=1&before=${body.events[0].id}`);
    expect(page.body).toMatchObject({ hasMore: true, events: [{ id: body.events[1].id }] });
    const outsider = await person("talent");
    expect((await outsider.get("/audit")).body).toEqual({ events: [], hasMore: false });
  });
});

describe("analytics", () => {
  test("have different figures for creators and talents", async () => {
    const creator = await w.creator.get("/analytics/me?timeZone=Europe/Berlin&bucket=month");
    expect(creator.status).toBe(200);
    expect(creator.body).toHaveProperty("teamMembers");
    const talent = await w.talent.get("/analytics/me");
    expect(talent.body).toMatchObject({ bucket: "week", timeZone: "UTC", totalReviews: 1 });
    expect(talent.body).not.toHaveProperty("projects");
  });

  test.each([
    ["from", "from=x"],
    ["to", "to=2026-02-30"],
    ["timeZone", "timeZone=%2B02"],
    ["bucket", "bucket=year"],
  ])("name an invalid %s", async (field, query) => {
    expect(refusal(await w.talent.get(`/analytics/me?${query}`))).toEqual(invalid(field));
  });
});
