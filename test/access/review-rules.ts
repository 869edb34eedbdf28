import { type Rule, signedIn } from "./rule.ts";

/** Reviews of talents, and the audit trail. */
export const reviewRules: readonly Rule[] = [
  {
    table: "reviews",
    what: "the creator's of the assignee",
    verb: "select",
    allowed: signedIn,
    run: (sql, world) => sql`select rating from public.reviews where id = ${world.reviewId}`,
  },
  {
    table: "reviews",
    what: "of the member, for the creator's completed project",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.reviews (talent_id, project_id, rating, text)
          values (${world.ids.member}, ${world.completedProjectId}, 5, 'Great')`,
  },
  {
    table: "reviews",
    what: "in the creator's name",
    verb: "insert",
    allowed: [],
    run: (sql, world) =>
      sql`insert into public.reviews (creator_id, talent_id, project_id, rating, text)
          values (${world.ids.creator}, ${world.ids.member}, ${world.completedProjectId}, 5, 'Great')`,
  },
  {
    table: "reviews",
    what: "the creator's of the assignee",
    verb: "update",
    allowed: ["creator"],
    run: (sql, world) => sql`update public.reviews set rating = 4 where id = ${world.reviewId}`,
  },
  {
    table: "reviews",
    what: "deleted_at",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.reviews set deleted_at = now() where id = ${world.reviewId}`,
  },
  {
    table: "reviews",
    what: "the creator's of the assignee",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.reviews where id = ${world.reviewId}`,
  },
  {
    table: "audit_events",
    what: "the assignee's task",
    verb: "select",
    allowed: ["creator", "assignee"],
    run: (sql, world) => sql`select id from public.audit_events where entity_id = ${world.taskId}`,
  },
  {
    table: "audit_events",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world) =>
      sql`insert into public.audit_events (action, entity_type, entity_id)
          values ('task.deleted', 'task', ${world.taskId})`,
  },
  {
    table: "audit_events",
    what: "the assignee's task",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.audit_events set action = 'task.deleted' where entity_id = ${world.taskId}`,
  },
  {
    table: "audit_events",
    what: "the assignee's task",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.audit_events where entity_id = ${world.taskId}`,
  },
];
