import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/projects.ts";

const tag = "Team";

const addTeamMember: Operation = {
  id: "addTeamMember",
  method: "post",
  path: "/projects/:projectId/team",
  tag,
  summary: "Add a talent to the team (the project's creator)",
  access: "user",
  params: schemas.projectParams,
  body: schemas.addMember,
  idempotent: true,
  success: { status: 201, description: "The membership", schema: schemas.membership },
  errors: ["ALREADY_MEMBER", "NOT_TALENT", "FORBIDDEN", "BLOCKED", "INVALID_STATE", "NOT_FOUND"],
  handle: ({ call, params, body }) => call("add_team_member", params, { input: body }),
};

const removeTeamMember: Operation = {
  id: "removeTeamMember",
  method: "delete",
  path: "/projects/:projectId/team/:userId",
  tag,
  summary: "Remove a member from the team (the project's creator, or the member)",
  description: "The member's open tasks lose their assignee; completed tasks keep it.",
  access: "user",
  params: schemas.memberParams,
  success: { status: 204, description: "The talent is no longer on the team" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("remove_team_member", params);
    return undefined;
  },
};

export const team: readonly Operation[] = [addTeamMember, removeTeamMember];
