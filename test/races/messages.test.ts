import { randomUUID } from "node:crypto";
import { sql as expression } from "kysely";
import { afterAll, expect, test } from "vitest";
import { aProject, inDays } from "../world/projects.ts";
import { randomOf, testSeed } from "../world/random.ts";
import { openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { call, type Person, signUp } from "../world/through-supabase-js.ts";
import { crowd } from "./crowd.ts";

/** Eight connections of the database's own role: it has no message limit. */
const sql = openDatabase(8);
const db = tables(sql);
afterAll(() => sql.end());

const random = randomOf(testSeed());

const pair = () => Promise.all([signUp("creator"), signUp("talent")]);

async function open(creator: Person, talent: Person): Promise<string> {
  const { data } = await call(creator, "open_conversation", { participantId: talent.id });
  return data.id;
}

const codes = (answers: readonly { readonly code: string | undefined }[]) =>
  Object.entries(Object.groupBy(answers, ({ code }) => code ?? "done"))
    .map(([code, group]) => `${code} ${group?.length}`)
    .sort();

const send = (conversationId: string, sender: Person, content = "x") =>
  db
    .insertInto("public.messages")
    .values({ conversation_id: conversationId, sender_id: sender.id, content })
    .execute();

const messagesOf = (conversationId: string) =>
  db.selectFrom("public.messages").where("conversation_id", "=", conversationId);

/** The stored unread count of each side, and the number of messages that are unread. */
const unread = (conversationId: string) =>
  db
    .selectFrom("public.conversation_reads as r")
    .leftJoin("public.messages as last", "last.id", "r.last_read_message_id")
    .select((eb) => [
      "r.unread_count as kept",
      eb
        .selectFrom("public.messages as m")
        .select(eb.fn.countAll<string>().as("count"))
        .whereRef("m.conversation_id", "=", "r.conversation_id")
        .whereRef("m.sender_id", "<>", "r.user_id")
        .where("m.deleted_at", "is", null)
        .where(({ or, eb: is }) =>
          or([
            is("last.id", "is", null),
            expression<boolean>`(m.sent_at, m.id) > (last.sent_at, last.id)`,
          ]),
        )
        .as("counted"),
    ])
    .where("r.conversation_id", "=", conversationId)
    .execute();

test("twenty requests from both sides at once open one conversation", async () => {
  const [creator, talent] = await pair();
  const answers = await crowd(20, (index) =>
    index % 2 === 0
      ? call(creator, "open_conversation", { participantId: talent.id })
      : call(talent, "open_conversation", { participantId: creator.id }),
  );
  expect(codes(answers)).toEqual(["done 20"]);
  expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
  expect(answers.filter(({ data }) => data.created)).toHaveLength(1);
});

test("of eight conversations that a talent opens at once, five succeed", async () => {
  const talent = await signUp("talent");
  const creators = await crowd(8, () => signUp("creator"));
  const answers = await Promise.all(
    creators.map(({ id }) => call(talent, "open_conversation", { participantId: id })),
  );
  expect(codes(answers)).toEqual(["RATE_LIMITED 3", "done 5"]);
});

test("of twenty messages sent at once by function and by insert, ten succeed", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  const answers = await crowd(20, async (index) => {
    const content = `Nr. ${index}`;
    if (index % 2 === 0) return call(creator, "send_message", { conversationId, content });
    const { error } = await creator.client
      .from("messages")
      .insert({ conversation_id: conversationId, content });
    return { code: error?.hint ?? error?.code ?? undefined };
  });
  expect(codes(answers)).toEqual(["RATE_LIMITED 10", "done 10"]);
  const { data } = await call(talent, "get_conversation", { conversationId });
  expect(data.unreadCount).toBe(10);
});

test("a clientMessageId sent ten times at once makes one message and one event", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  const clientMessageId = randomUUID();
  const answers = await crowd(10, () =>
    call(creator, "send_message", { conversationId, content: "Once", clientMessageId }),
  );
  expect(codes(answers)).toEqual(["done 10"]);
  expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
  const [events] = await sql`
    select count(*)::integer as count from realtime.messages
    where topic = ${`user:${talent.id}`} and event = 'message:received'`;
  expect(events?.count).toBe(1);
});

test("unread counts stay exact while both sides send, read and delete at once", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  const readLatest = async (reader: Person) => {
    const last = await messagesOf(conversationId)
      .select("id")
      .orderBy("sent_at", "desc")
      .offset(random.below(4))
      .limit(1)
      .executeTakeFirst();
    if (last === undefined) return undefined;
    const messageId = last.id;
    return (await call(reader, "mark_conversation_read", { conversationId, messageId })).code;
  };
  const deleteOne = () =>
    db
      .updateTable("public.messages")
      .set({ deleted_at: new Date() })
      .where(
        "id",
        "=",
        messagesOf(conversationId)
          .select("id")
          .where("deleted_at", "is", null)
          .orderBy("sent_at", "desc")
          .limit(1),
      )
      .execute();
  for (let round = 0; round < 5; round += 1) {
    const reads = await Promise.all([
      ...Array.from({ length: 20 }, () => send(conversationId, creator)),
      ...Array.from({ length: 20 }, () => send(conversationId, talent)),
      ...Array.from({ length: 10 }, () => readLatest(creator)),
      ...Array.from({ length: 10 }, () => readLatest(talent)),
      ...Array.from({ length: 2 }, () => deleteOne()),
    ]);
    expect(reads.filter((code) => typeof code === "string")).toEqual([]);
    for (const { kept, counted } of await unread(conversationId))
      expect(kept).toBe(Number(counted));
  }
  const counts = await messagesOf(conversationId)
    .select(({ fn }) => [fn.countAll().as("messages"), fn.count("sent_at").distinct().as("times")])
    .executeTakeFirstOrThrow();
  expect(counts).toEqual({ messages: "200", times: "200" });
});

test("paging forward from the last message misses none that is being sent", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  const { data: first } = await call(creator, "send_message", { conversationId, content: "First" });
  const seen: string[] = [];
  let after: string = first.id;
  const catchUp = async () => {
    const { data } = await call(talent, "list_messages", { conversationId, after, limit: 100 });
    for (const { id } of data.messages) seen.push(id);
    after = seen.at(-1) ?? after;
  };
  let sending = true;
  const sends = crowd(150, (index) =>
    // The transaction stays open for a moment after its insert, because the order of commits is what matters.
    sql.begin(async (tx) => {
      await tables(tx)
        .insertInto("public.messages")
        .values({
          conversation_id: conversationId,
          sender_id: index % 2 === 0 ? creator.id : talent.id,
          content: `Nr. ${index}`,
        })
        .execute();
      await tx`select pg_sleep(${(index % 5) / 1000})`;
    }),
  ).finally(() => {
    sending = false;
  });
  while (sending) await catchUp();
  await sends;
  await catchUp();
  await catchUp();
  const all = await messagesOf(conversationId)
    .select("id")
    .where("id", "<>", first.id)
    .orderBy("sent_at")
    .orderBy("id")
    .execute();
  expect(seen).toEqual(all.map(({ id }) => id));
  expect(seen).toHaveLength(150);
});

test("thirty messages at once make one notification of the conversation", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  await crowd(30, () => send(conversationId, creator));
  const { data } = await call(talent, "list_notifications", {});
  expect(data.unreadCount).toBe(1);
  expect(data.notifications[0].message).toBe("Robin sent you 30 messages");
});

test("a message that is being sent while the mail job runs still gets its mail", async () => {
  const [creator, talent] = await pair();
  const conversationId = await open(creator, talent);
  await send(conversationId, creator);
  const { data: read } = await call(talent, "get_conversation", { conversationId });
  await call(talent, "mark_conversation_read", { conversationId, messageId: read.lastMessage.id });
  const waiting = () =>
    db
      .selectFrom("private.message_mails")
      .select("waiting")
      .where("conversation_id", "=", conversationId)
      .where("user_id", "=", talent.id)
      .executeTakeFirst();
  await sql.begin(async (tx) => {
    // It relies on the row that waits because of the message before it.
    await tables(tx)
      .insertInto("public.messages")
      .values({ conversation_id: conversationId, sender_id: creator.id, content: "Sent late" })
      .execute();
    await sql`select private.queue_message_mails()`;
  });
  expect(await waiting()).toEqual({ waiting: true });
  await sql`select private.queue_message_mails()`;
  expect(await waiting()).toEqual({ waiting: true });
  await call(talent, "mark_conversation_read", {
    conversationId,
    messageId: (await call(talent, "get_conversation", { conversationId })).data.lastMessage.id,
  });
  await sql`select private.queue_message_mails()`;
  expect(await waiting()).toEqual({ waiting: false });
});

test("the deadline job sends each reminder once when it runs four times at once", async () => {
  const [creator, talent] = await pair();
  const { data: project } = await call(creator, "create_project", aProject());
  await call(creator, "add_team_member", { projectId: project.id, userId: talent.id });
  await db
    .insertInto("public.tasks")
    .values(
      Array.from({ length: 20 }, (_, index) => ({
        project_id: project.id,
        name: String(index + 1),
        assignee_id: talent.id,
        due_date: inDays(3),
      })),
    )
    .execute();
  await crowd(4, async () => {
    await sql`select private.notify_deadlines()`;
  });
  const reminders = await db
    .selectFrom("public.notifications")
    .select("user_id")
    .where("type", "=", "deadline_approaching")
    .where("user_id", "in", [creator.id, talent.id])
    .execute();
  expect(reminders).toHaveLength(40);
});
