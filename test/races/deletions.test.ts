import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, made, person, type World, world } from "../rest/support.ts";
import { formOf, picture } from "../rest/uploads.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { crowd } from "./crowd.ts";

/** Of two deletions at once, one succeeds and the other finds nothing. */
let w: World;
beforeAll(async () => {
  w = await world();
});

interface Doomed {
  readonly by: Caller;
  readonly path: string;
}

const link = { name: "Ref", type: "link", url: "https://example.com/ref" };

const make: Readonly<Record<string, () => Promise<Doomed>>> = {
  project: async () => {
    const fields = { name: "Film", description: "A film", dueDate: inDays(9) };
    const { id } = await made(w.creator.post("/projects", fields));
    return { by: w.creator, path: `/projects/${id}` };
  },
  task: async () => {
    const path = `/projects/${w.project.id}/tasks`;
    const fields = { name: "Cut", assigneeId: w.talent.id, dueDate: inDays(3) };
    const { id } = await made(w.creator.post(path, fields));
    return { by: w.creator, path: `${path}/${id}` };
  },
  sample: async () => {
    const path = `/projects/${w.project.id}/samples`;
    const { id } = await made(w.creator.post(path, link));
    return { by: w.creator, path: `${path}/${id}` };
  },
  deliverable: async () => {
    const place = { projectId: w.project.id, taskId: w.task.id, title: "Logo" };
    const form = formOf({ ...place, "files[]": picture() });
    const { id } = await made(w.talent.post("/deliverables", form));
    return { by: w.talent, path: `/deliverables/${id}` };
  },
  message: async () => {
    const opened = await w.creator.post("/conversations", { participantId: w.talent.id });
    const path = `/conversations/${opened.body.id}/messages`;
    const { id } = await made(w.creator.post(path, { content: "Hello" }));
    return { by: w.creator, path: `${path}/${id}` };
  },
  membership: async () => {
    const path = `/projects/${w.project.id}/team`;
    await made(w.creator.post(path, { userId: w.otherTalent.id }));
    return { by: w.creator, path: `${path}/${w.otherTalent.id}` };
  },
  review: async () => {
    await w.creator.put(`/projects/${w.project.id}`, { status: "completed" });
    const fields = { talentId: w.talent.id, projectId: w.project.id, rating: 5, text: "Great" };
    const { id } = await made(w.creator.post("/reviews", fields));
    return { by: w.creator, path: `/reviews/${id}` };
  },
  session: async () => {
    const user = await person("talent");
    await user.post("/auth/login", { email: user.email, password });
    const { sessions } = (await user.get("/auth/sessions")).body;
    const other = sessions.find(({ current }: { current: boolean }) => !current);
    return { by: user, path: `/auth/sessions/${other.id}` };
  },
};

describe.each(Object.entries(make))("a %s", (_what, create) => {
  test("is deleted once: 204, then 404", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { by, path } = await create();
      const answers = await crowd(2, () => by.delete(path));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
      expect((await by.delete(path)).status, "afterwards as well").toBe(404);
    }
  });
});

test("an account is deleted once: 204, then 404", async () => {
  const user = await person("talent");
  const answers = await crowd(2, () => user.delete("/users/me", { password }));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
});
