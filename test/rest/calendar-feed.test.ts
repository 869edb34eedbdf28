import ICAL from "ical.js";
import { beforeAll, describe, expect, test } from "vitest";
import { someAddress } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { documentedFetch } from "./document.ts";
import { made, type World, world } from "./support.ts";

let w: World;
let token: string;

beforeAll(async () => {
  w = await world();
  ({ token } = await made(w.talent.post("/calendar/link")));
});

const feed = (secret = token) =>
  documentedFetch(`/calendar.ics?token=${secret}`, {
    headers: { "x-forwarded-for": someAddress() },
  });

/** The events of the feed, read by a parser that has nothing to do with what wrote them. */
async function events(): Promise<readonly ICAL.Event[]> {
  const calendar = new ICAL.Component(ICAL.parse(await (await feed()).text()));
  expect(calendar.name).toBe("vcalendar");
  return calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
}

describe("the iCalendar feed", () => {
  test("holds an all-day event for each due date, whatever its text contains", async () => {
    const name = `Cut; "A", B\\C ${"long ".repeat(30)}🎬`;
    const task = await made(
      w.creator.post(`/projects/${w.project.id}/tasks`, {
        name,
        description: "First line\nBEGIN:VEVENT",
        assigneeId: w.talent.id,
        dueDate: inDays(20),
      }),
    );
    const event = (await events()).find(({ uid }) => uid === `task-${task.id}@onswift`);
    expect(event?.summary).toBe(`${name.trim()} (${w.project.name})`);
    expect(event?.description).toBe("First line\nBEGIN:VEVENT");
    expect(event?.startDate.isDate).toBe(true);
    expect(event?.startDate.toString()).toBe(inDays(20));
    expect(event?.endDate.toString()).toBe(inDays(21));
  });

  test("has lines of at most 75 octets that end with CRLF", async () => {
    const response = await feed();
    expect(response.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
    const text = await response.text();
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    for (const line of text.split("\r\n")) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });

  test("keeps the UID and raises SEQUENCE when a task changes", async () => {
    const path = `/projects/${w.project.id}/tasks/${w.task.id}`;
    const before = (await events()).find(({ uid }) => uid === `task-${w.task.id}@onswift`);
    let day = 11;
    // SEQUENCE counts seconds, so that the first changes can fall into the second of the creation.
    await expect
      .poll(async () => {
        await w.creator.put(path, { dueDate: inDays(day++) });
        const now = (await events()).find(({ uid }) => uid === before?.uid);
        return (now?.sequence ?? 0) - (before?.sequence ?? 0);
      })
      .toBeGreaterThan(0);
  });

  test("holds only what concerns the owner of the link", async () => {
    const { token: strangers } = await made(w.otherTalent.post("/calendar/link"));
    const text = await (await feed(strangers)).text();
    expect(text).not.toContain("BEGIN:VEVENT");
  });

  test("is not found without a valid token", async () => {
    expect((await feed("0".repeat(64))).status).toBe(404);
    expect((await feed("")).status).toBe(404);
    expect((await documentedFetch("/calendar.ics")).status).toBe(404);
    expect((await w.talent.delete("/calendar/link")).status).toBe(204);
    expect((await feed()).status).toBe(404);
  });
});
