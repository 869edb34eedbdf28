import { z } from "zod";
import { operation } from "../operation.ts";
import { uuid } from "../schemas/common.ts";
import { blockList } from "../schemas/users.ts";

const tag = "Blocks";
const params = z.object({ userId: uuid });

const listBlocks = operation({
  id: "listBlocks",
  method: "get",
  path: "/users/me/blocks",
  tag,
  summary: "Whom you have blocked",
  access: "user",
  success: {
    status: 200,
    description: "Their cards, newest first",
    schema: blockList,
    list: "users",
  },
  errors: [],
  handle: ({ call }) => call("list_blocks"),
});

const blockUser = operation({
  id: "blockUser",
  method: "put",
  path: "/users/:userId/block",
  tag,
  summary: "Block somebody: neither of you can write to the other",
  access: "user",
  params,
  success: { status: 204, description: "They are blocked" },
  errors: ["NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("block_user", params);
    return undefined;
  },
});

const unblockUser = operation({
  id: "unblockUser",
  method: "delete",
  path: "/users/:userId/block",
  tag,
  summary: "Take a block back",
  access: "user",
  params,
  success: { status: 204, description: "They are not blocked" },
  errors: [],
  handle: async ({ call, params }) => {
    await call("unblock_user", params);
    return undefined;
  },
});

export const blocks = [listBlocks, blockUser, unblockUser];
