import { z } from "zod";
import type { Operation } from "../operation.ts";
import { uuid } from "../schemas/common.ts";
import { blockList } from "../schemas/users.ts";

const tag = "Blocks";
const params = z.object({ userId: uuid });

const listBlocks: Operation = {
  id: "listBlocks",
  method: "get",
  path: "/users/me/blocks",
  tag,
  summary: "List the users that the caller has blocked",
  access: "user",
  success: {
    status: 200,
    description: "The users, the latest block first",
    schema: blockList,
    list: "users",
  },
  errors: [],
  handle: ({ call }) => call("list_blocks"),
};

const blockUser: Operation = {
  id: "blockUser",
  method: "put",
  path: "/users/:userId/block",
  tag,
  summary: "Block a user, so that neither of the two can send messages to the other",
  access: "user",
  params,
  success: { status: 204, description: "The user is blocked" },
  errors: ["NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("block_user", params);
    return undefined;
  },
};

const unblockUser: Operation = {
  id: "unblockUser",
  method: "delete",
  path: "/users/:userId/block",
  tag,
  summary: "Unblock a user",
  access: "user",
  params,
  success: { status: 204, description: "The user is not blocked" },
  errors: [],
  handle: async ({ call, params }) => {
    await call("unblock_user", params);
    return undefined;
  },
};

export const blocks: readonly Operation[] = [listBlocks, blockUser, unblockUser];
