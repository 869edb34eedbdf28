import { z } from "zod";
import { type ExportPiece, joinPieces } from "../http/export.ts";
import type { Input, Operation } from "../operation.ts";
import { deleteAccount } from "../schemas/auth.ts";
import { uuid } from "../schemas/common.ts";
import { exported } from "../schemas/export.ts";
import * as schemas from "../schemas/users.ts";
import { avatarErrors, setAvatar, updateWithAvatar } from "./avatar.ts";

const tag = "Users";

const getMe: Operation = {
  id: "getMe",
  method: "get",
  path: "/users/me",
  tag,
  summary: "Get the caller's profile",
  access: "user",
  success: { status: 200, description: "The profile", schema: schemas.me },
  errors: [],
  handle: ({ call }) => call("get_me"),
};

const updateMe: Operation = {
  id: "updateMe",
  method: "put",
  path: "/users/me",
  tag,
  summary: "Update the caller's profile",
  description:
    "Omitted fields are unchanged; null clears an optional field. Responds once a new picture has been scanned.",
  access: "user",
  body: schemas.updateMe,
  success: { status: 200, description: "The profile after the update", schema: schemas.me },
  errors: [...avatarErrors],
  handle: ({ call, body }) => {
    const { avatarFileId, ...rest } = body.json;
    return typeof avatarFileId === "string"
      ? updateWithAvatar(call, avatarFileId, rest)
      : call("update_me", { patch: body.json });
  },
};

const deleteMe: Operation = {
  id: "deleteMe",
  method: "delete",
  path: "/users/me",
  tag,
  summary: "Delete the caller's account",
  description: "Ends all sessions. Personal data is erased after 30 days.",
  access: "user",
  query: schemas.deleteMeQuery,
  body: deleteAccount,
  success: { status: 204, description: "The account has been deleted" },
  errors: ["NOT_FOUND", "WRONG_PASSWORD", "OPEN_DELIVERABLES"],
  handle: async ({ call, body, query }) => {
    await call("delete_me", {}, { input: merged(query, body) });
    return undefined;
  },
};

const exportMe: Operation = {
  id: "exportMe",
  method: "get",
  path: "/users/me/export",
  tag,
  summary: "Get all stored data of the caller",
  access: "user",
  description:
    "The response is sent while it is read, so its length is not known before. It shows `exportedAt` and the time until its end: what is there all the while is in it once. If reading fails on the way, the connection ends before the JSON is complete.",
  success: { status: 200, description: "The data", schema: exported },
  errors: [],
  handle: async ({ call }) => {
    const load = async (after?: string) =>
      JSON.parse(await call("export_me", after === undefined ? {} : { after })) as ExportPiece;
    // The first piece comes before the response, so that a refusal is one.
    return joinPieces(await load(), load);
  },
};

const searchTalent: Operation = {
  id: "searchTalent",
  method: "get",
  path: "/users/search",
  tag,
  summary: "Search talents (creator only)",
  description:
    "Deleted and banned talents are left out, and so are talents who blocked the caller or are blocked. Filters can be combined. The total is exact.",
  access: "user",
  query: schemas.searchQuery,
  success: {
    status: 200,
    description: "A page of the talents that match",
    schema: schemas.talentList,
    list: "users",
  },
  errors: ["CREATOR_ONLY"],
  handle: ({ call, query }) => call("search_talent", {}, { input: query }),
};

const getUser: Operation = {
  id: "getUser",
  method: "get",
  path: "/users/:userId",
  tag,
  summary: "Get the public profile of a talent",
  description: "The caller's own id works for creators as well.",
  access: "user",
  params: z.object({ userId: uuid }),
  success: { status: 200, description: "The profile", schema: schemas.profile },
  errors: ["PROFILE_PRIVATE", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_user", params),
};

const listSkills: Operation = {
  id: "listSkills",
  method: "get",
  path: "/skills",
  tag,
  summary: "List the skills that a talent can choose from",
  access: "anyone",
  success: { status: 200, description: "All skills", schema: schemas.skills, list: "skills" },
  errors: [],
  handle: ({ call }) => call("list_skills"),
};

/** Fixed paths come first, so that `me` and `search` are not matched as ids. */
export const users: readonly Operation[] = [
  getMe,
  updateMe,
  setAvatar,
  deleteMe,
  exportMe,
  searchTalent,
  getUser,
  listSkills,
];

const merged = (query: Input, body: Input): Input => ({
  json: { ...query.json, ...body.json },
  args: { ...query.args, ...body.args },
});
