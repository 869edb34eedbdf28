import { operation } from "../operation.ts";
import * as schemas from "../schemas/conversations.ts";

const tag = "Messages";

const listMessages = operation({
  id: "listMessages",
  method: "get",
  path: "/conversations/:conversationId/messages",
  tag,
  summary: "Messages of a conversation, newest first",
  description:
    "Older ones with `before`. With `after`, those newer than a message, oldest first. A deleted message keeps its place, without content.",
  access: "user",
  params: schemas.conversationParams,
  query: schemas.messageQuery,
  success: {
    status: 200,
    description: "A page of messages",
    schema: schemas.messageList,
    list: "messages",
  },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, query }) => call("list_messages", { ...params, ...query }),
});

const sendMessage = operation({
  id: "sendMessage",
  method: "post",
  path: "/conversations/:conversationId/messages",
  tag,
  summary: "Send a message (ten a minute over all conversations)",
  access: "user",
  params: schemas.conversationParams,
  body: schemas.sendMessage,
  idempotent: true,
  success: { status: 201, description: "The message", schema: schemas.message },
  errors: ["FORBIDDEN", "BLOCKED", "NOT_FOUND", "CONVERSATION_CLOSED"],
  handle: ({ call, params, body }) => call("send_message", { ...params, ...body }),
});

const editMessage = operation({
  id: "editMessage",
  method: "put",
  path: "/conversations/:conversationId/messages/:messageId",
  tag,
  summary: "Change a message (who sent it, for fifteen minutes)",
  access: "user",
  params: schemas.messageParams,
  body: schemas.editMessage,
  success: { status: 200, description: "The message after the change", schema: schemas.message },
  errors: ["FORBIDDEN", "BLOCKED", "NOT_FOUND", "CONVERSATION_CLOSED", "EDIT_WINDOW_OVER"],
  handle: ({ call, params, body }) => call("edit_message", { ...params, ...body }),
});

const deleteMessage = operation({
  id: "deleteMessage",
  method: "delete",
  path: "/conversations/:conversationId/messages/:messageId",
  tag,
  summary: "Empty a message for both sides (who sent it)",
  access: "user",
  params: schemas.messageParams,
  success: { status: 204, description: "The message has no content any more" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_message", params);
    return undefined;
  },
});

export const messages = [listMessages, sendMessage, editMessage, deleteMessage];
