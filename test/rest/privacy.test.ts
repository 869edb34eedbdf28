import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { mailTo } from "./mail.ts";
import { made, type Person, type World, world } from "./support.ts";
import { formOf, picture } from "./uploads.ts";

const sql = openDatabase();
afterAll(() => sql.end());

let w: World;
let people: readonly Person[];
let paths: readonly string[];

/** A project from the first task to the review, with mails to everyone. */
beforeAll(async () => {
  w = await world();
  const { creator, talent, otherCreator, otherTalent, project, task } = w;
  people = [creator, talent, otherCreator, otherTalent];
  await tables(sql)
    .updateTable("private.email_verifications")
    .set({ verified_at: new Date() })
    .where(
      "user_id",
      "in",
      people.map(({ id }) => id),
    )
    .execute();
  const form = formOf({
    ...{ projectId: project.id, taskId: task.id, title: "Logo" },
    "files[]": picture(),
  });
  const deliverable = await made(talent.post("/deliverables", form));
  const place = `/deliverables/${deliverable.id}`;
  expect((await creator.put(place, { action: "approve" })).status).toBe(200);
  const conversation = await made(
    otherCreator.post("/conversations", { participantId: talent.id }),
  );
  const messages = `/conversations/${conversation.id}/messages`;
  await made(otherCreator.post(messages, { content: "Are you free in May?" }));
  await made(talent.post(messages, { content: "I am." }));
  await made(creator.post(`/projects/${project.id}/team`, { userId: otherTalent.id }));
  expect((await creator.put(`/projects/${project.id}`, { status: "completed" })).status).toBe(200);
  const review = { talentId: talent.id, projectId: project.id, rating: 5, text: "Great" };
  await made(creator.post("/reviews", review));
  paths = [
    ...["/users/me", "/users/me/export", "/users/me/blocks", `/users/${talent.id}`],
    ...[`/users/${talent.id}/reviews`, "/projects", "/tasks", "/deliverables", place],
    ...[`/projects/${project.id}`, `/projects/${project.id}/tasks`, "/conversations", messages],
    ...["/notifications", "/calendar", "/analytics/me", "/audit", "/auth/sessions"],
  ];
});

/** The addresses of other people in a text. */
const others = (text: string, own: string): readonly string[] =>
  people.map(({ email }) => email).filter((email) => email !== own && text.includes(email));

test("no response contains the email address of another user", async () => {
  for (const person of people) {
    for (const path of paths) {
      const text = JSON.stringify((await person.get(path)).body);
      expect(others(text, person.email), `${path} of ${person.email}`).toEqual([]);
    }
    expect(JSON.stringify((await person.get("/users/me")).body)).toContain(person.email);
  }
});

test("no event contains an email address", async () => {
  const events = await sql<{ payload: string }[]>`
    select payload::text as payload from realtime.messages
    where topic like any (${people.map(({ id }) => `%${id}%`)})`;
  expect(events.length).toBeGreaterThan(5);
  for (const { payload } of events) expect(others(payload, "")).toEqual([]);
});

test("no email contains the address of another user", async () => {
  await sql`
    update private.outbox set next_attempt_at = now()
    where user_id = any (${people.map(({ id }) => id)})`;
  await sql`select private.wake_outbox_worker()`;
  const { creator, talent } = w;
  for (const [{ email }, subject] of [
    [talent, /approved/],
    [talent, /reviewed/],
    [creator, /submitted/],
  ] as const) {
    const { Text, HTML } = await mailTo(email, subject);
    expect(others(Text + HTML, email), String(subject)).toEqual([]);
  }
});
