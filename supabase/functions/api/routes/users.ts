import { z } from "zod";
import { operation } from "../operation.ts";
import { deleteAccount } from "../schemas/auth.ts";
import { uuid } from "../schemas/common.ts";
import { exported } from "../schemas/export.ts";
import * as schemas from "../schemas/users.ts";
import { avatarErrors, setAvatar, updateWithAvatar } from "./avatar.ts";

const tag = "Users";

const getMe = operation({
  id: "getMe",
  method: "get",
  path: "/users/me",
  tag,
  summary: "Your own profile",
  access: "user",
  success: { status: 200, description: "The profile", schema: schemas.me },
  errors: [],
  handle: ({ call }) => call("get_me"),
});

const updateMe = operation({
  id: "updateMe",
  method: "put",
  path: "/users/me",
  tag,
  summary: "Change your own profile",
  description:
    "Fields that are not sent stay; null clears one that may be empty. A new picture is waited for while it is being checked.",
  access: "user",
  body: schemas.updateMe,
  rehearses: true,
  success: { status: 200, description: "The profile after the change", schema: schemas.me },
  errors: [...avatarErrors],
  handle: ({ call, body, rehearsal }) => {
    const { avatarFileId, ...rest } = body;
    if (rehearsal) return call("update_me", { patch: rest });
    return avatarFileId
      ? updateWithAvatar(call, avatarFileId, rest)
      : call("update_me", { patch: body });
  },
});

const deleteMe = operation({
  id: "deleteMe",
  method: "delete",
  path: "/users/me",
  tag,
  summary: "Delete your own account",
  description: "Ends all sessions. Personal data is anonymised after 30 days.",
  access: "user",
  query: schemas.deleteMeQuery,
  body: deleteAccount,
  success: { status: 204, description: "The account is deleted" },
  errors: ["WRONG_PASSWORD", "OPEN_DELIVERABLES"],
  handle: async ({ call, body, query }) => {
    await call("delete_me", { password: body.password, force: query.force === "true" });
    return undefined;
  },
});

const exportMe = operation({
  id: "exportMe",
  method: "get",
  path: "/users/me/export",
  tag,
  summary: "Everything that is stored about you",
  access: "user",
  success: { status: 200, description: "The data", schema: exported },
  errors: [],
  handle: ({ call }) => call("export_me"),
});

const getUser = operation({
  id: "getUser",
  method: "get",
  path: "/users/:userId",
  tag,
  summary: "The public profile of a talent",
  description: "Your own id works for a creator too.",
  access: "user",
  params: z.object({ userId: uuid }),
  success: { status: 200, description: "The profile", schema: schemas.profile },
  errors: ["PROFILE_PRIVATE", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_user", params),
});

const listSkills = operation({
  id: "listSkills",
  method: "get",
  path: "/skills",
  tag,
  summary: "The skills that a talent can name",
  access: "anyone",
  success: { status: 200, description: "All skills", schema: schemas.skills, list: "skills" },
  errors: [],
  handle: ({ call }) => call("list_skills"),
});

/** Fixed paths first, so that `me` is not taken for an id. */
export const users = [getMe, updateMe, setAvatar, deleteMe, exportMe, getUser, listSkills];
