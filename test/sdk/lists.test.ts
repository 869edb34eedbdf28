/** Iterations whose loop takes items out of the list or to another place in it. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { png } from "../rest/images.ts";
import { inDays } from "../world/projects.ts";
import { addCompletedProject } from "../world/reviews.ts";
import { openDatabase } from "../world/stack.ts";
import { aProject, person, type Team, team, visitor } from "./support.ts";

const sql = openDatabase();
afterAll(() => sql.end());

let world: Team;
beforeEach(async () => {
  world = await team();
});

interface Identified {
  readonly id: string;
}

/** Calls `change` with each item of the list. Returns the ids in their order. */
async function eachOf<Item extends Identified>(
  list: AsyncIterable<Item>,
  change: (item: Item) => PromiseLike<unknown>,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of list) {
    ids.push(item.id);
    await change(item);
  }
  return ids;
}

async function inTurn<Item>(names: readonly string[], make: (name: string) => Promise<Item>) {
  const made: Item[] = [];
  for (const name of names) made.push(await make(name));
  return made;
}
const five = ["A", "B", "C", "D", "E"];
const idsOf = (items: readonly Identified[]) => items.map(({ id }) => id);

test("projects that the loop deletes", async () => {
  const { onswift } = await person("creator");
  const { projects } = onswift;
  const made = await inTurn(five, (name) => projects.create(aProject({ name })).orThrow());
  const list = projects.list({ limit: 2, sort: "name" });
  expect(await eachOf(list, ({ id }) => projects.delete(id).orThrow())).toEqual(idsOf(made));
  expect((await projects.list().orThrow()).pagination.total).toBe(0);
});

test("tasks that the loop deletes, or completes so that the filter no longer matches", async () => {
  const { creator, talent, projectId, taskId } = world;
  const { tasks } = creator.onswift;
  const made = await inTurn(five, (name) =>
    tasks.create(projectId, { name, assigneeId: talent.id, dueDate: inDays(30) }).orThrow(),
  );
  const ids = [taskId, ...idsOf(made)].sort();
  const open = talent.onswift.tasks.list({ status: "planning", limit: 2 });
  const completed = await eachOf(open, ({ id }) =>
    talent.onswift.tasks.setStatus(projectId, id, "completed").orThrow(),
  );
  expect(completed.sort()).toEqual(ids);
  const all = tasks.list(projectId, { limit: 2 });
  expect((await eachOf(all, ({ id }) => tasks.delete(projectId, id).orThrow())).sort()).toEqual(
    ids,
  );
});

test("tasks whose order the loop reverses", async () => {
  const { creator, talent, projectId } = world;
  const { tasks } = creator.onswift;
  const made = await inTurn(five, (name) =>
    tasks.create(projectId, { name, assigneeId: talent.id, dueDate: inDays(30) }).orThrow(),
  );
  // Each task that is read moves the last one to the beginning.
  const last = made.toReversed();
  const read = await eachOf(tasks.list(projectId, { limit: 2, sort: "name" }), async () => {
    const next = last.shift();
    if (next) await tasks.update(projectId, next.id, { name: `0 ${next.name}` }).orThrow();
  });
  expect(read).toEqual(expect.arrayContaining(idsOf(made)));
});

test("deliverables that the loop approves", async () => {
  const { creator, talent, projectId, taskId } = world;
  const made = await inTurn(["A", "B", "C"], (title) => {
    const files = [new File([png()], "a.png", { type: "image/png" })];
    return talent.onswift.deliverables.submit({ projectId, taskId, title, files }).orThrow();
  });
  const { deliverables } = creator.onswift;
  const list = deliverables.list({ status: "pending", sort: "title", limit: 1 });
  expect(await eachOf(list, ({ id }) => deliverables.approve(id).orThrow())).toEqual(idsOf(made));
});

test("samples that the loop deletes", async () => {
  const { creator, projectId } = world;
  const { samples } = creator.onswift;
  const made = await inTurn(five, (name) =>
    samples.add(projectId, { type: "link", name, url: "https://example.com" }).orThrow(),
  );
  const list = samples.list(projectId, { limit: 2, sort: "name" });
  const read = await eachOf(list, ({ id }) => samples.delete(projectId, id).orThrow());
  expect(read).toEqual(idsOf(made));
});

test("notifications that the loop marks as read", async () => {
  const { creator, talent, projectId } = world;
  await inTurn(five, (name) =>
    creator.onswift.tasks
      .create(projectId, { name, assigneeId: talent.id, dueDate: inDays(30) })
      .orThrow(),
  );
  const { notifications } = talent.onswift;
  const unread = idsOf((await notifications.list({ isRead: false }).orThrow()).notifications);
  expect(unread.length).toBeGreaterThan(4);
  const list = notifications.list({ isRead: false, limit: 2 });
  expect(await eachOf(list, ({ id }) => notifications.markRead(id).orThrow())).toEqual(unread);
});

test("conversations that the loop moves to the beginning", async () => {
  const { onswift } = world.creator;
  const opened = await inTurn(["A", "B", "C"], async (name) => {
    const { id: talentId } = await person("talent", name);
    await onswift.team.add(world.projectId, { userId: talentId, role: "Editor" }).orThrow();
    const { id } = await onswift.conversations.open(talentId).orThrow();
    await onswift.messages.send(id, { content: "Hello" }).orThrow();
    return { id };
  });
  const oldest = opened[0]?.id ?? "";
  const read = await eachOf(onswift.conversations.list({ limit: 1 }), () =>
    onswift.messages.send(oldest, { content: "First of all" }).orThrow(),
  );
  expect(read.sort()).toEqual(idsOf(opened).sort());
});

test("messages that the loop deletes", async () => {
  const { creator, talent } = world;
  const { messages, conversations } = creator.onswift;
  const { id } = await conversations.open(talent.id).orThrow();
  const sent = await inTurn(five, (content) => messages.send(id, { content }).orThrow());
  const read = await eachOf(messages.list(id, { limit: 2 }), (message) =>
    messages.delete(id, message.id).orThrow(),
  );
  expect(read).toEqual(idsOf(sent).toReversed());
});

test("reviews that the loop deletes", async () => {
  const { creator, talent } = world;
  const { reviews } = creator.onswift;
  const made = await inTurn(["A", "B", "C"], async (text) => {
    const projectId = await addCompletedProject(sql, creator.id, [talent.id]);
    return reviews.create({ talentId: talent.id, projectId, rating: 4, text }).orThrow();
  });
  const list = visitor().reviews.list(talent.id, { limit: 1 });
  const read = await eachOf(list, ({ id }) => reviews.delete(id).orThrow());
  expect(read.sort()).toEqual(idsOf(made).sort());
});

test("found talents whom the loop blocks", async () => {
  const word = `Q${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const talents = await inTurn(five, (name) => person("talent", `${word} ${name}`));
  const { users } = world.creator.onswift;
  const read = await eachOf(users.search({ q: word, limit: 2 }), ({ id }) =>
    users.block(id).orThrow(),
  );
  expect(read.sort()).toEqual(idsOf(talents).sort());
  expect((await users.search({ q: word }).orThrow()).pagination.total).toBe(0);
});
