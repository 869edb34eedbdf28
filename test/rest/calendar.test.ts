import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import { invalid, made, refusal, refused, type World, world } from "./support.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});

describe("the calendar", () => {
  test("shows a talent their tasks and projects by day", async () => {
    const { creator, talent, project } = w;
    const due = inDays(40);
    await made(
      creator.post(`/projects/${project.id}/tasks`, {
        name: "Mix",
        assigneeId: talent.id,
        dueDate: due,
      }),
    );
    const { status, body } = await talent.get(`/calendar?from=${due}&to=${due}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: due, to: due, days: [{ date: due, projects: [] }] });
    expect(body.days[0].tasks.map(({ name }: { name: string }) => name)).toEqual(["Mix"]);
  });

  test("shows strangers nothing", async () => {
    const { body } = await w.otherTalent.get(`/calendar?from=${inDays(0)}&to=${inDays(60)}`);
    expect(body.days).toEqual([]);
    expect(refusal(await w.otherTalent.get(`/calendar?projectId=${w.project.id}`))).toEqual(
      refused(403, "FORBIDDEN"),
    );
  });

  test("refuses invalid ranges", async () => {
    expect(
      refusal(await w.creator.get("/calendar?from=2027-02-30&to=x&projectId=y")),
    ).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
    expect(refusal(await w.creator.get("/calendar?from=2027-01-02&to=2027-01-01"))).toEqual(
      invalid("from"),
    );
    expect(refusal(await w.creator.get("/calendar?from=2027-01-01&to=2028-01-02"))).toEqual(
      invalid("to"),
    );
  });
});

describe("the calendar link", () => {
  test("is created, shown without its secret, and revoked", async () => {
    const { talent } = w;
    const link = await made(talent.post("/calendar/link"));
    expect(link.url).toContain(`/calendar.ics?token=${link.token}`);
    const current = await talent.get("/calendar/link");
    expect(current.body).toEqual({ link: { createdAt: link.createdAt, lastUsedAt: null } });
    expect((await talent.delete("/calendar/link")).status).toBe(204);
    expect((await talent.get("/calendar/link")).body).toEqual({ link: null });
  });
});

describe("a recurring task", () => {
  test("makes the next one when its assignee completes it", async () => {
    const { creator, talent, project } = w;
    const tasks = `/projects/${project.id}/tasks`;
    const task = await made(
      creator.post(tasks, {
        name: "Weekly report",
        assigneeId: talent.id,
        dueDate: "2027-03-01",
        recurrence: "freq=weekly;count=2",
      }),
    );
    expect(task).toMatchObject({ recurrence: "FREQ=WEEKLY;COUNT=2", seriesId: task.id });
    expect((await talent.put(`${tasks}/${task.id}`, { status: "completed" })).status).toBe(200);
    const { body } = await creator.get(`${tasks}?sort=dueDate`);
    const series = body.tasks.filter(({ seriesId }: { seriesId: string }) => seriesId === task.id);
    expect(series.map(({ dueDate }: { dueDate: string }) => dueDate)).toEqual([
      "2027-03-01",
      "2027-03-08",
    ]);
    const bad = { name: "X", assigneeId: talent.id, dueDate: "2027-03-01", recurrence: "daily" };
    expect(refusal(await creator.post(tasks, bad))).toEqual(invalid("recurrence"));
  });
});
