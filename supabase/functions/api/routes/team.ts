import { operation } from "../operation.ts";
import * as schemas from "../schemas/projects.ts";

const tag = "Team";

const addTeamMember = operation({
  id: "addTeamMember",
  method: "post",
  path: "/projects/:projectId/team",
  tag,
  summary: "Put a talent on the team (the project's creator)",
  access: "user",
  params: schemas.projectParams,
  body: schemas.addMember,
  idempotent: true,
  success: { status: 201, description: "The membership", schema: schemas.membership },
  errors: ["ALREADY_MEMBER", "NOT_TALENT", "FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, body }) =>
    call("add_team_member", { ...params, userId: body.userId, role: body.role }),
});

const removeTeamMember = operation({
  id: "removeTeamMember",
  method: "delete",
  path: "/projects/:projectId/team/:userId",
  tag,
  summary: "Take somebody off the team (the project's creator), or leave it (oneself)",
  description: "Their open tasks become unassigned; completed ones keep the name.",
  access: "user",
  params: schemas.memberParams,
  success: { status: 204, description: "No longer on the team" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("remove_team_member", params);
    return undefined;
  },
});

export const team = [addTeamMember, removeTeamMember];
