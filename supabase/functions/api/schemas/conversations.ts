import { z } from "zod";
import {
  answer,
  instant,
  pagination,
  paging,
  requestBody,
  text,
  userCard,
  uuid,
  wholeNumber,
} from "./common.ts";

const content = text(1, 5000);

export const openConversation = requestBody("OpenConversation", { participantId: uuid });
export const markRead = requestBody("MarkConversationRead", {
  messageId: uuid.meta({ description: "The last message that has been read." }),
});
export const sendMessage = requestBody("SendMessage", {
  content,
  clientMessageId: uuid
    .nullish()
    .meta({ description: "Client-generated id; resending with the same id has no effect." }),
});
export const editMessage = requestBody("EditMessage", { content });

export const conversationQuery = z.object(paging(20));
export const conversationParams = z.object({ conversationId: uuid });
export const messageParams = conversationParams.extend({ messageId: uuid });
export const messageQuery = z.object({
  before: uuid.optional().meta({ description: "Returns messages older than this one." }),
  after: uuid.optional().meta({
    description: "Returns messages newer than this one, oldest first.",
  }),
  limit: wholeNumber({
    default: 50,
    description: "Messages per page. A value above 100 counts as 100.",
  }).optional(),
});

const lastMessage = z
  .object({
    id: uuid,
    content: z.string().nullable().meta({ description: "Null for a deleted message." }),
    senderId: uuid,
    sentAt: instant,
  })
  .nullable();

const lastRead = z.object({ messageId: uuid, readAt: instant }).nullable().meta({
  description: "The last message that the other participant has read. Null before the first one.",
});

const conversationShape = {
  id: uuid,
  creator: userCard,
  talent: userCard,
  lastMessage,
  unreadCount: z.int().min(0),
  lastRead,
  lastMessageAt: instant.nullable(),
  createdAt: instant,
};

export const conversation = answer("Conversation", conversationShape);
export const openedConversation = answer("OpenedConversation", {
  ...conversationShape,
  created: z
    .boolean()
    .meta({ description: "Whether the conversation was created by this request." }),
});
export const conversationList = answer("ConversationList", {
  conversations: z.array(conversation),
  pagination,
});

export const message = answer("ChatMessage", {
  id: uuid,
  conversationId: uuid,
  sender: userCard,
  content: z.string().nullable().meta({ description: "Null for a deleted message." }),
  sentAt: instant,
  isEdited: z.boolean(),
  editedAt: instant.nullable(),
  deletedAt: instant.nullable(),
  clientMessageId: uuid.nullable(),
});
export const messageList = answer("MessageList", {
  messages: z.array(message),
  hasMore: z.boolean(),
});
