import { forbidden, insert, participants, rulesOf, select, self, update } from "./rule.ts";
import type { AccessWorld } from "./world.ts";

const inTheConversation = ({ conversationId }: AccessWorld) => ({
  conversation_id: conversationId,
});
const ofTheAssignee = ({ ids }: AccessWorld) => ({ user_id: ids.assignee });

/** Conversations, messages, blocks and notifications. */
export const conversationRules = [
  ...rulesOf(
    "conversations",
    ({ conversationId }) => ({ id: conversationId }),
    select("of the creator and the assignee", participants, "id"),
    forbidden.insert("their own", (world, persona) => ({
      creator_id: world.ids.creator,
      talent_id: self(world, persona),
    })),
    forbidden.update("last_message_at", { last_message_at: new Date() }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "conversation_reads",
    inTheConversation,
    select("of both participants", participants, "unread_count"),
    forbidden.insert("a row", (world, persona) => ({
      ...inTheConversation(world),
      user_id: self(world, persona),
    })),
    forbidden.update("unread_count", { unread_count: 0 }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "messages",
    ({ messageId }) => ({ id: messageId }),
    select("the creator's to the assignee", participants, "content"),
    insert("their own", participants, (world) => ({ ...inTheConversation(world), content: "Hi" })),
    insert("in the creator's name", ["creator"], (world) => ({
      ...inTheConversation(world),
      sender_id: world.ids.creator,
      content: "Forged",
    })),
    forbidden.insert("sent_at", (world) => ({
      ...inTheConversation(world),
      content: "Hi",
      sent_at: new Date(),
    })),
    update("content, for fifteen minutes", ["creator"], { content: "New" }),
    forbidden.update("deleted_at", { deleted_at: new Date() }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "user_blocks",
    ({ ids }) => ({ blocker_id: ids.member }),
    select("the member's", ["member"], "blocked_id"),
    forbidden.insert("a row", (world, persona) => ({
      blocker_id: self(world, persona),
      blocked_id: world.candidateId,
    })),
    forbidden.update("a row", { created_at: new Date() }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "notifications",
    ofTheAssignee,
    select("the assignee's", ["assignee"], "title"),
    forbidden.insert("for themselves", (world, persona) => ({
      user_id: self(world, persona),
      type: "mentioned",
      title: "X",
      message: "X",
    })),
    update("is_read, to true", ["assignee"], { is_read: true }),
    forbidden.update("is_read, to false", { is_read: false }),
    forbidden.update("message", { message: "X" }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "notification_preferences",
    ofTheAssignee,
    select("the assignee's", ["assignee"], "type"),
    forbidden.insert("a row", (world, persona) => ({
      user_id: self(world, persona),
      type: "team_added",
      in_app: true,
      email: true,
    })),
    forbidden.update("email", { email: false }),
    forbidden.remove(),
  ),
];
