import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { tables } from "./tables.ts";

/** A conversation with one message of the creator, written as the database's own role. The message notifies the talent. */
export async function addConversation(
  sql: TransactionSql,
  creatorId: string,
  talentId: string,
): Promise<{ readonly conversationId: string; readonly messageId: string }> {
  const conversationId = randomUUID();
  const messageId = randomUUID();
  const db = tables(sql);
  await db
    .insertInto("public.conversations")
    .values({ id: conversationId, creator_id: creatorId, talent_id: talentId })
    .execute();
  await db
    .insertInto("public.messages")
    .values({
      id: messageId,
      conversation_id: conversationId,
      sender_id: creatorId,
      content: "Hello",
    })
    .execute();
  return { conversationId, messageId };
}
