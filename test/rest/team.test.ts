import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import { aProject, invalid, made, nobody, refusal, refused, type World, world } from "./support.ts";

let w: World;
let team: string;
beforeAll(async () => {
  w = await world();
  team = `/projects/${w.project.id}/team`;
});

describe("adding to the team", () => {
  test("answers 201 with the membership", async () => {
    const { id } = await made(w.creator.post("/projects", aProject()));
    const { status, body } = await w.creator.post(`/projects/${id}/team`, {
      userId: w.otherTalent.id,
      role: "  Video Editor ",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ projectId: id, userId: w.otherTalent.id, role: "Video Editor" });
    expect((await w.otherTalent.get(`/projects/${id}`)).status).toBe(200);
  });

  test("is refused where it must be", async () => {
    const add = (userId: string) => w.creator.post(team, { userId });
    expect(refusal(await add(w.talent.id))).toEqual(refused(400, "ALREADY_MEMBER"));
    expect(refusal(await add(w.otherCreator.id))).toEqual(refused(400, "NOT_TALENT"));
    expect(refusal(await add(nobody))).toEqual(refused(404, "NOT_FOUND"));
    expect(
      refusal(await w.creator.post(`/projects/${nobody}/team`, { userId: w.talent.id })),
    ).toEqual(refused(404, "NOT_FOUND"));
    for (const stranger of [w.talent, w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.post(team, { userId: w.otherTalent.id }))).toEqual(
        refused(403, "FORBIDDEN"),
      );
    }
    expect(refusal(await w.creator.post(team, {}))).toEqual(invalid("userId"));
    const bad = { userId: "tam", role: 7, joinedAt: "now" };
    expect(refusal(await w.creator.post(team, bad))).toEqual(invalid("userId", "role", "joinedAt"));
  });
});

describe("leaving the team", () => {
  test("open tasks become nobody's, completed ones keep the name; coming back is 201", async () => {
    const { creator, otherTalent } = w;
    const project = await made(creator.post("/projects", aProject()));
    const path = `/projects/${project.id}`;
    const membership = { userId: otherTalent.id };
    await made(creator.post(`${path}/team`, membership));
    const task = (name: string) =>
      made(creator.post(`${path}/tasks`, { name, assigneeId: otherTalent.id, dueDate: inDays(3) }));
    const [open, done] = [await task("Open"), await task("Done")];
    await otherTalent.put(`${path}/tasks/${done.id}`, { status: "completed" });

    expect((await creator.delete(`${path}/team/${otherTalent.id}`)).status).toBe(204);
    expect(refusal(await otherTalent.get(path))).toEqual(refused(403, "FORBIDDEN"));
    expect((await creator.get(`${path}/tasks/${open.id}`)).body.assignee).toBeNull();
    expect((await creator.get(`${path}/tasks/${done.id}`)).body.assignee.id).toBe(otherTalent.id);

    await made(creator.post(`${path}/team`, membership));
    expect((await otherTalent.delete(`${path}/team/${otherTalent.id}`)).status, "by oneself").toBe(
      204,
    );
    expect(refusal(await creator.delete(`${path}/team/${otherTalent.id}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("nobody takes off others but the creator", async () => {
    const path = `${team}/${w.talent.id}`;
    for (const stranger of [w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.delete(path))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.delete(`${team}/${nobody}`))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await w.creator.delete(`${team}/tam`))).toEqual(invalid("userId"));
  });
});
