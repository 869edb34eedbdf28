import { operation } from "../operation.ts";
import * as schemas from "../schemas/conversations.ts";

const tag = "Conversations";

const listConversations = operation({
  id: "listConversations",
  method: "get",
  path: "/conversations",
  tag,
  summary: "Your conversations with their last message, the newest first",
  access: "user",
  query: schemas.conversationQuery,
  success: {
    status: 200,
    description: "A page of conversations",
    schema: schemas.conversationList,
    list: "conversations",
  },
  errors: [],
  handle: ({ call, query }) => call("list_conversations", query),
});

const openConversation = operation({
  id: "openConversation",
  method: "post",
  path: "/conversations",
  tag,
  summary: "The conversation with somebody, opened if there is none",
  description:
    "Between a creator and a talent. A talent opens at most five a day with creators they share no project with.",
  access: "user",
  body: schemas.openConversation,
  idempotent: true,
  success: {
    status: 201,
    description: "The conversation, which is new",
    schema: schemas.openedConversation,
    or: {
      status: 200,
      description: "The conversation that was there",
      when: (json) => JSON.parse(json).created === false,
    },
  },
  errors: ["SAME_USER_TYPE", "NOT_FOUND", "BLOCKED"],
  handle: ({ call, body }) => call("open_conversation", body),
});

const getConversation = operation({
  id: "getConversation",
  method: "get",
  path: "/conversations/:conversationId",
  tag,
  summary: "A conversation, for its two participants",
  access: "user",
  params: schemas.conversationParams,
  success: { status: 200, description: "The conversation", schema: schemas.conversation },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_conversation", params),
});

const markConversationRead = operation({
  id: "markConversationRead",
  method: "put",
  path: "/conversations/:conversationId/read",
  tag,
  summary: "Everything up to a message has been read",
  description: "The mark only moves forwards: an earlier message changes nothing.",
  access: "user",
  params: schemas.conversationParams,
  body: schemas.markRead,
  success: { status: 204, description: "It is marked" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params, body }) => {
    await call("mark_conversation_read", { ...params, ...body });
    return undefined;
  },
});

export const conversations = [
  listConversations,
  openConversation,
  getConversation,
  markConversationRead,
];
