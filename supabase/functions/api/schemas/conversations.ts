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
  messageId: uuid.meta({ description: "The last message that was read." }),
});
export const sendMessage = requestBody("SendMessage", {
  content,
  clientMessageId: uuid
    .nullish()
    .meta({ description: "Your own id of the message: sending it again sends once." }),
});
export const editMessage = requestBody("EditMessage", { content });

export const conversationQuery = z.object(paging(20));
export const conversationParams = z.object({ conversationId: uuid });
export const messageParams = conversationParams.extend({ messageId: uuid });
export const messageQuery = z.object({
  before: uuid.optional().meta({ description: "Only messages older than this one." }),
  after: uuid.optional().meta({
    description: "Only messages newer than this one, oldest first, for catching up.",
  }),
  limit: wholeNumber({
    default: 50,
    description: "Messages a page. More than 100 counts as 100.",
  }).optional(),
});

const lastMessage = z
  .object({
    id: uuid,
    content: z.string().nullable().meta({ description: "Null once deleted." }),
    senderId: uuid,
    sentAt: instant,
  })
  .nullable();

const conversationShape = {
  id: uuid,
  creator: userCard,
  talent: userCard,
  lastMessage,
  unreadCount: z.int().min(0),
  lastMessageAt: instant.nullable(),
  createdAt: instant,
};

export const conversation = answer("Conversation", conversationShape);
export const openedConversation = answer("OpenedConversation", {
  ...conversationShape,
  created: z.boolean().meta({ description: "Whether it is new." }),
});
export const conversationList = answer("ConversationList", {
  conversations: z.array(conversation),
  pagination,
});

export const message = answer("ChatMessage", {
  id: uuid,
  conversationId: uuid,
  sender: userCard,
  content: z.string().nullable().meta({ description: "Null once deleted." }),
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
