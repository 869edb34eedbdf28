import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";

/** A conversation with one message of the creator, written as the database's own role. The message notifies the talent. */
export async function addConversation(
  sql: TransactionSql,
  creatorId: string,
  talentId: string,
): Promise<{ readonly conversationId: string; readonly messageId: string }> {
  const conversationId = randomUUID();
  const messageId = randomUUID();
  await sql`
    insert into public.conversations (id, creator_id, talent_id)
    values (${conversationId}, ${creatorId}, ${talentId})`;
  await sql`
    insert into public.messages (id, conversation_id, sender_id, content)
    values (${messageId}, ${conversationId}, ${creatorId}, 'Hello')`;
  return { conversationId, messageId };
}
