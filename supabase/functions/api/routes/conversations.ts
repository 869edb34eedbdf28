import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/conversations.ts";

const tag = "Conversations";

const listConversations: Operation = {
  id: "listConversations",
  method: "get",
  path: "/conversations",
  tag,
  summary: "List the caller's conversations, those with the latest messages first",
  access: "user",
  query: schemas.conversationQuery,
  success: {
    status: 200,
    description: "A page of conversations",
    schema: schemas.conversationList,
    list: "conversations",
  },
  errors: [],
  handle: ({ call, query }) => call("list_conversations", {}, { input: query }),
};

const openConversation: Operation = {
  id: "openConversation",
  method: "post",
  path: "/conversations",
  tag,
  summary: "Get the conversation with a user; opens it if there is none",
  description:
    "Conversations are between a creator and a talent. A talent can start at most 5 conversations per day with creators they don't share a project with.",
  access: "user",
  body: schemas.openConversation,
  idempotent: true,
  success: {
    status: 201,
    description: "The new conversation",
    schema: schemas.openedConversation,
    or: {
      status: 200,
      description: "The existing conversation",
      when: (json) => JSON.parse(json).created === false,
    },
  },
  errors: ["SAME_USER_TYPE", "NOT_FOUND", "BLOCKED"],
  handle: ({ call, body }) => call("open_conversation", {}, { input: body }),
};

const getConversation: Operation = {
  id: "getConversation",
  method: "get",
  path: "/conversations/:conversationId",
  tag,
  summary: "Get a conversation (its two participants)",
  access: "user",
  params: schemas.conversationParams,
  success: { status: 200, description: "The conversation", schema: schemas.conversation },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_conversation", params),
};

const markConversationRead: Operation = {
  id: "markConversationRead",
  method: "put",
  path: "/conversations/:conversationId/read",
  tag,
  summary: "Mark a conversation as read up to a message",
  description: "The read position only moves forward. An earlier message changes nothing.",
  access: "user",
  params: schemas.conversationParams,
  body: schemas.markRead,
  success: { status: 204, description: "The conversation is marked" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params, body }) => {
    await call("mark_conversation_read", params, { input: body });
    return undefined;
  },
};

export const conversations: readonly Operation[] = [
  listConversations,
  openConversation,
  getConversation,
  markConversationRead,
];
