import { type Rule, self } from "./rule.ts";

/** Who the conversation is between. */
const parties = ["creator", "assignee"] as const;

/** Conversations, messages, blocks and notifications. */
export const conversationRules: readonly Rule[] = [
  {
    table: "conversations",
    what: "creator and assignee's",
    verb: "select",
    allowed: parties,
    run: (sql, world) =>
      sql`select id from public.conversations where id = ${world.conversationId}`,
  },
  {
    table: "conversations",
    what: "one's own",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.conversations (creator_id, talent_id) values (${world.ids.creator}, ${self(world, persona)})`,
  },
  {
    table: "conversations",
    what: "last_message_at",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.conversations set last_message_at = now() where id = ${world.conversationId}`,
  },
  {
    table: "conversations",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.conversations where id = ${world.conversationId}`,
  },
  {
    table: "conversation_reads",
    what: "of both sides",
    verb: "select",
    allowed: parties,
    run: (sql, world) =>
      sql`select unread_count from public.conversation_reads where conversation_id = ${world.conversationId}`,
  },
  {
    table: "conversation_reads",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.conversation_reads (conversation_id, user_id) values (${world.conversationId}, ${self(world, persona)})`,
  },
  {
    table: "conversation_reads",
    what: "unread_count",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.conversation_reads set unread_count = 0 where conversation_id = ${world.conversationId}`,
  },
  {
    table: "conversation_reads",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.conversation_reads where conversation_id = ${world.conversationId}`,
  },
  {
    table: "messages",
    what: "the creator's to the assignee",
    verb: "select",
    allowed: parties,
    run: (sql, world) => sql`select content from public.messages where id = ${world.messageId}`,
  },
  {
    table: "messages",
    what: "one's own",
    verb: "insert",
    allowed: parties,
    run: (sql, world) =>
      sql`insert into public.messages (conversation_id, content) values (${world.conversationId}, 'Hi')`,
  },
  {
    table: "messages",
    what: "in the creator's name",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.messages (conversation_id, sender_id, content) values (${world.conversationId}, ${world.ids.creator}, 'Forged')`,
  },
  {
    table: "messages",
    what: "sent_at",
    verb: "insert",
    allowed: [],
    run: (sql, world) =>
      sql`insert into public.messages (conversation_id, content, sent_at) values (${world.conversationId}, 'Hi', now())`,
  },
  {
    table: "messages",
    what: "content, for fifteen minutes",
    verb: "update",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`update public.messages set content = 'New' where id = ${world.messageId}`,
  },
  {
    table: "messages",
    what: "deleted_at",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.messages set deleted_at = now() where id = ${world.messageId}`,
  },
  {
    table: "messages",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.messages where id = ${world.messageId}`,
  },
  {
    table: "user_blocks",
    what: "the member's",
    verb: "select",
    allowed: ["member"],
    run: (sql, world) =>
      sql`select blocked_id from public.user_blocks where blocker_id = ${world.ids.member}`,
  },
  {
    table: "user_blocks",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.user_blocks (blocker_id, blocked_id) values (${self(world, persona)}, ${world.candidateId})`,
  },
  {
    table: "user_blocks",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.user_blocks set created_at = now() where blocker_id = ${world.ids.member}`,
  },
  {
    table: "user_blocks",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.user_blocks where blocker_id = ${world.ids.member}`,
  },
  {
    table: "notifications",
    what: "the assignee's",
    verb: "select",
    allowed: ["assignee"],
    run: (sql, world) =>
      sql`select title from public.notifications where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notifications",
    what: "for oneself",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.notifications (user_id, type, title, message) values (${self(world, persona)}, 'mentioned', 'X', 'X')`,
  },
  {
    table: "notifications",
    what: "is_read, to true",
    verb: "update",
    allowed: ["assignee"],
    run: (sql, world) =>
      sql`update public.notifications set is_read = true where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notifications",
    what: "is_read, to false",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.notifications set is_read = false where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notifications",
    what: "message",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.notifications set message = 'X' where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notifications",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.notifications where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notification_preferences",
    what: "the assignee's",
    verb: "select",
    allowed: ["assignee"],
    run: (sql, world) =>
      sql`select type from public.notification_preferences where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notification_preferences",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.notification_preferences (user_id, type, in_app, email) values (${self(world, persona)}, 'team_added', true, true)`,
  },
  {
    table: "notification_preferences",
    what: "email",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.notification_preferences set email = false where user_id = ${world.ids.assignee}`,
  },
  {
    table: "notification_preferences",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.notification_preferences where user_id = ${world.ids.assignee}`,
  },
];
