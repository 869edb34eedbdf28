import { inDays } from "../world/projects.ts";
import { forbidden, insert, rulesOf, select, self, team, update } from "./rule.ts";

const fields = { name: "Mine", description: "x", due_date: inDays(9) };

/** Projects, teams and tasks. */
export const projectRules = [
  ...rulesOf(
    "projects",
    ({ projectId }) => ({ id: projectId }),
    select("the project", team, "name"),
    insert("their own", ["creator", "other creator"], fields),
    insert("in the creator's name", ["creator"], ({ ids }) => ({
      ...fields,
      creator_id: ids.creator,
    })),
    update("name and status", ["creator"], { name: "New", status: "in-progress" }),
    forbidden.update("creator_id", (world, persona) => ({ creator_id: self(world, persona) })),
    forbidden.remove("the project"),
  ),
  ...rulesOf(
    "project_members",
    ({ projectId, ids }) => ({ project_id: projectId, user_id: ids.member }),
    select("the team", team, "user_id"),
    insert("a talent", ["creator"], ({ projectId, candidateId }) => ({
      project_id: projectId,
      user_id: candidateId,
      role: "Editor",
    })),
    forbidden.update("removed_at", { removed_at: null }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "tasks",
    ({ taskId }) => ({ id: taskId }),
    select("the task", team, "name"),
    insert("a task", ["creator"], ({ projectId, ids }) => ({
      project_id: projectId,
      name: "Another",
      assignee_id: ids.member,
      due_date: inDays(3),
    })),
    update("status", ["creator", "assignee"], { status: "in-progress" }),
    update("name", ["creator"], { name: "New" }),
    forbidden.remove("a task"),
  ),
];
