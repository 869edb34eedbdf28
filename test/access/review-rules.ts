import { forbidden, insert, participants, rulesOf, select, signedIn, update } from "./rule.ts";
import type { AccessWorld } from "./world.ts";

const ofTheMember = ({ ids, completedProjectId }: AccessWorld) => ({
  talent_id: ids.member,
  project_id: completedProjectId,
  rating: 5,
  text: "Great",
});

/** Reviews of talents, and the audit trail. */
export const reviewRules = [
  ...rulesOf(
    "reviews",
    ({ reviewId }) => ({ id: reviewId }),
    select("the creator's of the assignee", signedIn, "rating"),
    insert("of the member, for the creator's completed project", ["creator"], ofTheMember),
    forbidden.insert("in the creator's name", (world) => ({
      ...ofTheMember(world),
      creator_id: world.ids.creator,
    })),
    update("the creator's of the assignee", ["creator"], { rating: 4 }),
    forbidden.update("deleted_at", { deleted_at: new Date() }),
    forbidden.remove("the creator's of the assignee"),
  ),
  ...rulesOf(
    "audit_events",
    ({ taskId }) => ({ entity_id: taskId }),
    select("the assignee's task", participants, "id"),
    forbidden.insert("a row", ({ taskId }) => ({
      action: "task.deleted",
      entity_type: "task",
      entity_id: taskId,
    })),
    forbidden.update("the assignee's task", { action: "task.deleted" }),
    forbidden.remove("the assignee's task"),
  ),
];
