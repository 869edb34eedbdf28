import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { someAddress } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { openDatabase, rest } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { documentedFetch } from "./document.ts";
import { mailTo } from "./mail.ts";
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

const sql = openDatabase();
const db = tables(sql);
let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => sql.end());

const verify = (id: string) =>
  db
    .updateTable("private.email_verifications")
    .set({ verified_at: new Date() })
    .where("user_id", "=", id)
    .execute();

/** Lets the mails of a user wait no longer. */
async function sendNow(userId: string): Promise<void> {
  await sql`update private.outbox set next_attempt_at = now() where user_id = ${userId}`;
  await sql`select private.wake_outbox_worker()`;
}

/** How many mails of one kind are in the outbox for a user. */
const mailsFor = async (userId: string, kind: string): Promise<number> =>
  (
    await db
      .selectFrom("private.outbox")
      .select("id")
      .where("user_id", "=", userId)
      .where("kind", "=", kind)
      .execute()
  ).length;

const newTask = (name: string) =>
  made(
    w.creator.post(`/projects/${w.project.id}/tasks`, {
      name,
      assigneeId: w.talent.id,
      dueDate: inDays(9),
    }),
  );

describe("notifications", () => {
  test("reach the users concerned and are marked as read one by one or all at once", async () => {
    const task = await newTask("Storyboard");
    const { body } = await w.talent.get("/notifications");
    expect(body.notifications[0]).toMatchObject({
      type: "task_assigned",
      title: "New Task Assigned",
      message: "You've been assigned to 'Storyboard' in Trailer project",
      entityType: "task",
      entityId: task.id,
      isRead: false,
      metadata: { projectId: w.project.id, taskId: task.id },
    });
    const { unreadCount } = body;
    const [{ id }] = body.notifications;
    const read = `/notifications/${id}/read`;
    expect((await w.talent.put(read, {})).status).toBe(204);
    expect((await w.talent.put(read, {})).status).toBe(204);
    expect(refusal(await w.creator.put(read, {}))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await w.talent.put(`/notifications/${unknownId}/read`, {}))).toEqual(
      refused(404, "NOT_FOUND"),
    );

    const unread = (await w.talent.get("/notifications?isRead=false&limit=1")).body;
    expect(unread).toMatchObject({
      unreadCount: unreadCount - 1,
      pagination: { total: unreadCount - 1, limit: 1 },
    });
    expect((await w.talent.get("/notifications?isRead=true")).body.notifications).toMatchObject([
      { id, isRead: true },
    ]);
    expect(refusal(await w.talent.get("/notifications?isRead=maybe"))).toEqual(invalid("isRead"));
    expect((await w.talent.put("/notifications/read-all", {})).status).toBe(204);
    expect((await w.talent.get("/notifications")).body.unreadCount).toBe(0);
    expect((await new Caller().get("/notifications")).status).toBe(401);
  });

  test("are never sent to the user who acted", async () => {
    const before = (await w.creator.get("/notifications")).body.unreadCount;
    await newTask("Mine");
    expect((await w.creator.get("/notifications")).body.unreadCount).toBe(before);
  });

  test("follow the preferences of their recipient", async () => {
    const talent = await person("talent");
    const path = "/notifications/preferences";
    const { preferences } = (await talent.get(path)).body;
    expect(preferences.task_assigned).toEqual({ inApp: true, email: true });
    const changed = await talent.put(path, { task_assigned: { inApp: false } });
    expect(changed.body.preferences.task_assigned).toEqual({ inApp: false, email: true });
    expect((await talent.put(path, { preferences })).body).toEqual({ preferences });
    expect((await talent.put(path, { unheard_of: { email: true } })).status).toBe(400);
    expect((await talent.put(path, { task_assigned: { email: "yes" } })).status).toBe(400);
  });
});

describe("emails", () => {
  test("go to verified addresses only and contain an unsubscribe link that needs no account", async () => {
    const [verified, unverified] = await Promise.all([person("talent", "Vera"), person("talent")]);
    await verify(verified.id);
    for (const { id } of [verified, unverified]) {
      await made(w.creator.post(`/projects/${w.project.id}/team`, { userId: id }));
      await made(
        w.creator.post(`/projects/${w.project.id}/tasks`, {
          name: "Colour <grading>",
          assigneeId: id,
          dueDate: inDays(4),
        }),
      );
    }
    await sendNow(verified.id);
    const mail = await mailTo(verified.email, /^Cleo assigned you 'Colour <grading>'/);
    expect(mail.Text).toContain("Colour <grading>");
    expect(mail.HTML).toContain("Colour &lt;grading&gt;");
    expect(mail.HTML).not.toContain("Colour <grading>");
    expect(await mailsFor(unverified.id, "task_assigned")).toBe(0);

    // As an email program sends it: without a token, and with a form that the API ignores.
    const link = new URL(/https?:\/\/\S+unsubscribe\?token=\S+/.exec(mail.Text)?.[0] ?? "");
    const emailsOn = async () =>
      (await verified.get("/notifications/preferences")).body.preferences.task_assigned.email;
    const html = { accept: "text/html,application/xhtml+xml", "x-forwarded-for": someAddress() };
    for (const init of [{ method: "HEAD" }, {}, { headers: html }]) {
      const opened = await documentedFetch(link.href.slice(rest.length), init);
      expect([opened.status, opened.headers.get("content-type")]).toEqual([
        200,
        "text/html; charset=utf-8",
      ]);
      if (init.method === undefined) {
        const page = await opened.text();
        expect(page).toContain('<form method="post"><button>Unsubscribe</button></form>');
        expect(page).toContain("tasks that are assigned to you");
      }
      expect(opened.headers.get("content-security-policy")).toContain("form-action 'self'");
      expect(await emailsOn(), "scanners open links").toBe(true);
    }

    const posted = await documentedFetch(link.href.slice(rest.length), {
      method: "POST",
      headers: { "x-forwarded-for": someAddress() },
      body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
    });
    expect([posted.status, await posted.json()]).toEqual([
      200,
      { unsubscribed: true, type: "task_assigned" },
    ]);
    const { preferences } = (await verified.get("/notifications/preferences")).body;
    expect(preferences.task_assigned).toEqual({ inApp: true, email: false });
    expect(preferences.deliverable_approved.email, "other types go on").toBe(true);

    // As a browser sends the form of the page.
    const pressed = await fetch(link, { method: "POST", headers: html });
    expect([pressed.status, pressed.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(await pressed.text()).toContain("Unsubscribed");
    const broken = await fetch(`${link}x`, { headers: html });
    expect([broken.status, await broken.text()]).toEqual([
      400,
      expect.stringContaining("This link does not work"),
    ]);

    const forged = new Caller();
    const token = link.searchParams.get("token");
    const wrong = await forged.get(`/notifications/unsubscribe?token=${token}x`);
    expect(refusal(wrong)).toEqual(invalid("token"));
    expect(refusal(await forged.get("/notifications/unsubscribe"))).toEqual(invalid("token"));
    expect(rest).toContain(link.origin);
  });

  test("ten unread messages cause one email after ten minutes, and one notification", async () => {
    const [creator, talent] = await Promise.all([person("creator", "Cleo"), person("talent")]);
    await verify(talent.id);
    const { id } = await made(creator.post("/conversations", { participantId: talent.id }));
    for (let n = 0; n < 10; n += 1) {
      await made(creator.post(`/conversations/${id}/messages`, { content: `Line ${n}` }));
    }
    const received = (await talent.get("/notifications")).body.notifications;
    expect(received.map(({ type }: { type: string }) => type)).toEqual(["message_received"]);

    const mails = async () => {
      await sql`select private.queue_message_mails()`;
      return mailsFor(talent.id, "message_received");
    };
    expect(await mails(), "not yet").toBe(0);
    await sql`update public.messages set sent_at = sent_at - interval '11 minutes'
      where conversation_id = ${id}`;
    expect([await mails(), await mails()], "one, however often is looked").toEqual([1, 1]);
    await sendNow(talent.id);
    const { Text } = await mailTo(talent.email, /^Cleo sent you 10 messages$/);
    expect(Text).not.toContain("Line 0");
  });
});

test("the verification email can be resent 3 times per hour", async () => {
  const talent = await person("talent");
  const again = () => talent.post("/auth/resend-verification");
  const replies = [await again(), await again(), await again()];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(replies[0]?.body).toEqual({ message: "Verification email sent" });
  const other = await person("talent");
  await verify(other.id);
  expect(refusal(await other.post("/auth/resend-verification"))).toEqual(
    refused(409, "INVALID_STATE"),
  );
});
