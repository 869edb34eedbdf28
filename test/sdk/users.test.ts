import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ExportPiece } from "../../sdk/src/index.ts";
import { notifyOften } from "../world/notifications.ts";
import { password } from "../world/people.ts";
import { accountExport, me, publicProfile, skill } from "./responses.ts";
import { person, team, visitor } from "./support.ts";

describe("profiles", () => {
  test("a new profile has the documented fields", async () => {
    const [creator, talent] = await Promise.all([
      person("creator", "Cleo"),
      person("talent", "Tara"),
    ]);
    for (const { onswift, email, id, name } of [creator, talent]) {
      const mine = me.parse(await onswift.users.me().orThrow());
      expect(mine).toMatchObject({ id, email, name, emailVerified: false, currency: "USD" });
      expect(mine.profileCompletionPercentage).toBe(0);
    }
  });

  test("fields of the own profile can be set and cleared", async () => {
    const { onswift } = await person("talent");
    const changed = me.parse(
      await onswift.users
        .update({
          name: "Zoë O'Brien",
          professionalTitle: "Editor",
          bio: "Cuts <3",
          skills: ["figma", "video editing", "FIGMA"],
          portfolioLinks: ["https://example.com/reel"],
          hourlyRate: 75.5,
          availability: "available_1_2_weeks",
          githubUrl: "https://github.com/zoe",
        })
        .orThrow(),
    );
    expect(changed).toMatchObject({
      name: "Zoë O'Brien",
      bio: "Cuts <3",
      skills: ["Figma", "Video Editing"],
      hourlyRate: 75.5,
      profileCompletionPercentage: 90,
    });
    const cleared = await onswift.users.update({ bio: null, hourlyRate: null }).orThrow();
    expect(cleared).toMatchObject({ bio: null, hourlyRate: null, professionalTitle: "Editor" });
  });

  test("the profile of another talent contains nothing private", async () => {
    const [creator, talent] = await Promise.all([person("creator"), person("talent", "Tara")]);
    const seen = publicProfile.parse(await creator.onswift.users.get(talent.id).orThrow());
    expect(seen).toMatchObject({
      id: talent.id,
      name: "Tara",
      averageRating: null,
      totalReviews: 0,
    });
    const own = await creator.onswift.users.get(creator.id);
    expect(own.error).toBeNull();
    expect((await talent.onswift.users.get(creator.id)).error?.code).toBe("PROFILE_PRIVATE");
  });

  test("anonymous callers can list the skills", async () => {
    const { skills } = await visitor().users.skills().orThrow();
    expect(z.array(skill).parse(skills).length).toBeGreaterThanOrEqual(60);
    const { onswift } = await person("talent");
    expect((await onswift.users.skills().orThrow()).skills).toEqual(skills);
  });
});

describe("an account", () => {
  test("an account can be exported", async () => {
    const { creator, talent, projectId, taskId } = await team();
    const mine = accountExport.parse(await creator.onswift.users.export().orThrow());
    expect(mine.profile.email).toBe(creator.email);
    expect(mine.projects.map(({ id }) => id)).toEqual([projectId]);
    await talent.onswift.team.leave(projectId).orThrow();
    const theirs = accountExport.parse(await talent.onswift.users.export().orThrow());
    expect(theirs.memberships).toEqual([
      expect.objectContaining({ projectId, role: "Editor", removedAt: expect.any(String) }),
    ]);
    expect(mine.tasks.map(({ id }) => id)).toEqual([taskId]);
  });

  test("a large account is exported in pieces, which export() collects", async () => {
    const { onswift, id } = await person("talent");
    const ids = await notifyOften(id, 1_100);
    const pieces: ExportPiece[] = [];
    for await (const piece of onswift.users.exportPieces()) pieces.push(piece);
    expect(pieces.map(({ notifications }) => notifications?.length)).toEqual([500, 500, 100]);
    expect(pieces.map(({ next }) => next === null)).toEqual([false, false, true]);
    expect(pieces.map(({ profile }) => profile?.id)).toEqual([id, undefined, undefined]);
    expect(pieces.flatMap(({ notifications = [] }) => notifications.map((one) => one.id))).toEqual(
      ids,
    );

    const whole = accountExport.parse(await onswift.users.export().orThrow());
    expect(whole.notifications.map((one) => one.id)).toEqual(ids);
    expect(whole).not.toHaveProperty("next");

    await onswift.auth.signOut().orThrow();
    const refused = onswift.users.exportPieces();
    await expect(refused.next()).rejects.toMatchObject({ code: "NOT_AUTHENTICATED" });
    expect((await onswift.users.export()).error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("reviews, the calendar link, the audit trail and sessions are on the profile and in the export", async () => {
    const { creator, talent, projectId } = await team();
    await creator.onswift.projects.update(projectId, { status: "completed" }).orThrow();
    const review = { talentId: talent.id, projectId, rating: 4, text: "Good work" };
    const { id } = await creator.onswift.reviews.create(review).orThrow();
    const link = await talent.onswift.calendar.createLink().orThrow();

    const shown = publicProfile.parse(await creator.onswift.users.get(talent.id).orThrow());
    expect(shown).toMatchObject({
      averageRating: 4,
      totalReviews: 1,
      reviewDistribution: { "1": 0, "2": 0, "3": 0, "4": 1, "5": 0 },
      latestReviews: [{ id, rating: 4, text: "Good work", creator: { id: creator.id } }],
    });

    const written = accountExport.parse(await creator.onswift.users.export().orThrow());
    expect(written.reviewsWritten).toMatchObject([{ id, talentId: talent.id, projectId }]);
    expect([written.reviewsReceived, written.calendarLink]).toEqual([[], null]);
    expect(written.auditEvents.map(({ action }) => action)).toContain("review.created");

    const received = await talent.onswift.users.export().orThrow();
    expect(accountExport.parse(received)).toMatchObject({
      reviewsWritten: [],
      reviewsReceived: [{ id, rating: 4 }],
      calendarLink: { lastUsedAt: null },
      sessions: [{ current: true }],
    });
    expect(JSON.stringify(received)).not.toContain(link.token);
    expect(JSON.stringify(received)).not.toContain(creator.email);
  });

  test("an account can be deleted only with its password, which signs out", async () => {
    const { onswift, email } = await person("talent");
    const wrong = await onswift.users.delete({ password: "Not-mine-1!" });
    expect(wrong.error).toMatchObject({ code: "WRONG_PASSWORD", status: 403 });
    expect((await onswift.users.me()).error).toBeNull();

    await onswift.users.delete({ password }).orThrow();
    expect((await onswift.users.me()).error?.code).toBe("NOT_AUTHENTICATED");
    const { error } = await visitor().auth.signIn({ email, password });
    expect([401, 403]).toContain(error?.status);
  });
});
