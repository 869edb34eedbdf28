import { beforeAll, describe, expect, test } from "vitest";
import {
  analytics,
  auditEventList,
  calendar,
  createdCalendarLink,
  currentCalendarLink,
  review,
  reviewList,
} from "./responses.ts";
import { type Team, team, visitor } from "./support.ts";

let t: Team;
beforeAll(async () => {
  t = await team();
});

describe("reviews", () => {
  test("are written by creators, read without a session and iterated over all pages", async () => {
    const { creator, talent, projectId } = t;
    const { onswift } = creator;
    await onswift.projects.update(projectId, { status: "completed" }).orThrow();
    const fields = { talentId: talent.id, projectId, rating: 5, text: "Great work" };
    const created = review.parse(await onswift.reviews.create(fields).orThrow());
    const { error } = await onswift.reviews.create(fields);
    expect(error?.code).toBe("ALREADY_REVIEWED");
    expect(
      await onswift.reviews.update(created.id, { text: "Still great" }).orThrow(),
    ).toMatchObject({
      rating: 5,
      text: "Still great",
    });

    const list = visitor().reviews.list(talent.id, { limit: 1 });
    expect(reviewList.parse(await list.orThrow())).toMatchObject({ averageRating: 5 });
    const texts: string[] = [];
    for await (const { text } of list) texts.push(text);
    expect(texts).toEqual(["Still great"]);

    await onswift.reviews.delete(created.id).orThrow();
    const { data } = await talent.onswift.users.me();
    expect(data).toMatchObject({ averageRating: null, totalReviews: 0 });
  });

  test("name every invalid field", async () => {
    const { error } = await t.creator.onswift.reviews.create({
      talentId: "nonsense",
      projectId: t.projectId,
      rating: 9,
      text: "",
    });
    expect(error?.details?.map(({ field }) => field).sort()).toEqual([
      "rating",
      "talentId",
      "text",
    ]);
  });
});

describe("the calendar", () => {
  test("returns due tasks by day, and creates and revokes a calendar link", async () => {
    const { onswift } = t.talent;
    const month = await onswift.calendar.get({ from: "2026-01-01", to: "2026-12-31" }).orThrow();
    calendar.parse(month);
    const link = createdCalendarLink.parse(await onswift.calendar.createLink().orThrow());
    expect(link.url).toContain(link.token);
    expect(
      currentCalendarLink.parse(await onswift.calendar.getLink().orThrow()).link,
    ).not.toBeNull();
    await onswift.calendar.deleteLink().orThrow();
    expect(await onswift.calendar.getLink().orThrow()).toEqual({ link: null });
  });
});

describe("analytics and the audit trail", () => {
  test("have the documented shape for both user types", async () => {
    for (const { onswift } of [t.creator, t.talent]) {
      analytics.parse(await onswift.analytics.me({ bucket: "month" }).orThrow());
      const audit = onswift.analytics.audit({ limit: 2 });
      auditEventList.parse(await audit.orThrow());
      const actions: string[] = [];
      for await (const { action } of audit) actions.push(action);
      expect(actions).toContain("task.assigned");
    }
  });
});
