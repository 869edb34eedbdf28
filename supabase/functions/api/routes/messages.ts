import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/conversations.ts";

const tag = "Messages";

const listMessages: Operation = {
  id: "listMessages",
  method: "get",
  path: "/conversations/:conversationId/messages",
  tag,
  summary: "List the messages of a conversation, newest first",
  description:
    "With `before`: older messages. With `after`: newer messages, oldest first. A deleted message stays in the list without its content.",
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
  handle: ({ call, params, query }) => call("list_messages", params, { input: query }),
};

const sendMessage: Operation = {
  id: "sendMessage",
  method: "post",
  path: "/conversations/:conversationId/messages",
  tag,
  summary: "Send a message (at most 10 per minute over all conversations)",
  access: "user",
  params: schemas.conversationParams,
  body: schemas.sendMessage,
  idempotent: true,
  success: { status: 201, description: "The message", schema: schemas.message },
  errors: ["FORBIDDEN", "BLOCKED", "NOT_FOUND", "CONVERSATION_CLOSED"],
  handle: ({ call, params, body }) => call("send_message", params, { input: body }),
};

const updateMessage: Operation = {
  id: "updateMessage",
  method: "put",
  path: "/conversations/:conversationId/messages/:messageId",
  tag,
  summary: "Edit a message (its sender, within 15 minutes)",
  access: "user",
  params: schemas.messageParams,
  body: schemas.updateMessage,
  success: { status: 200, description: "The edited message", schema: schemas.message },
  errors: ["FORBIDDEN", "BLOCKED", "NOT_FOUND", "CONVERSATION_CLOSED", "EDIT_WINDOW_OVER"],
  handle: ({ call, params, body }) => call("update_message", params, { input: body }),
};

const deleteMessage: Operation = {
  id: "deleteMessage",
  method: "delete",
  path: "/conversations/:conversationId/messages/:messageId",
  tag,
  summary: "Delete a message (sender only); its content is removed for both participants",
  access: "user",
  params: schemas.messageParams,
  success: { status: 204, description: "The content of the message has been removed" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_message", params);
    return undefined;
  },
};

export const messages: readonly Operation[] = [
  listMessages,
  sendMessage,
  updateMessage,
  deleteMessage,
];
