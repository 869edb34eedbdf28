import { beforeAll, describe, expect, test } from "vitest";
import { inDays } from "../world/projects.ts";
import {
  aProject,
  invalid,
  made,
  refusal,
  refused,
  unknownId,
  type World,
  world,
} from "./support.ts";

let w: World;
let team: string;
beforeAll(async () => {
  w = await world();
  team = `/projects/${w.project.id}/team`;
});

describe("adding a team member", () => {
  test("returns 201 and the membership", async () => {
    const { id } = await made(w.creator.post("/projects", aProject()));
    const { status, body } = await w.creator.post(`/projects/${id}/team`, {
      userId: w.otherTalent.id,
      role: "  Video Editor ",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ projectId: id, userId: w.otherTalent.id, role: "Video Editor" });
    expect((await w.otherTalent.get(`/projects/${id}`)).status).toBe(200);
  });

  test("is refused for invalid fields, members, creators and users without the right", async () => {
    const add = (userId: string) => w.creator.post(team, { userId });
    expect(refusal(await add(w.talent.id))).toEqual(refused(400, "ALREADY_MEMBER"));
    expect(refusal(await add(w.otherCreator.id))).toEqual(refused(400, "NOT_TALENT"));
    expect(refusal(await add(unknownId))).toEqual(refused(404, "NOT_FOUND"));
    expect(
      refusal(await w.creator.post(`/projects/${unknownId}/team`, { userId: w.talent.id })),
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
  test("open tasks lose their assignee, completed ones keep theirs, and the talent can be added again", async () => {
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
    expect(
      (await otherTalent.delete(`${path}/team/${otherTalent.id}`)).status,
      "the talent leaves",
    ).toBe(204);
    expect(refusal(await creator.delete(`${path}/team/${otherTalent.id}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("only the creator can remove other members", async () => {
    const path = `${team}/${w.talent.id}`;
    for (const stranger of [w.otherCreator, w.otherTalent]) {
      expect(refusal(await stranger.delete(path))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.delete(`${team}/${unknownId}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    expect(refusal(await w.creator.delete(`${team}/tam`))).toEqual(invalid("userId"));
  });
});
