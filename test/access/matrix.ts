import { conversationRules } from "./conversation-rules.ts";
import { type Rule, self, signedIn } from "./rule.ts";

const team = ["creator", "member", "assignee"] as const;
/** Who a deliverable is between. */
const parties = ["creator", "assignee"] as const;
/** Who may do what to each table directly. Whatever is not listed is refused for everybody. */
export const matrix: readonly Rule[] = [
  {
    table: "profiles",
    what: "a talent's",
    verb: "select",
    allowed: signedIn,
    run: (sql, world) => sql`select id, name from public.profiles where id = ${world.ids.assignee}`,
  },
  {
    table: "profiles",
    what: "the creator's",
    verb: "select",
    allowed: ["creator"],
    run: (sql, world) => sql`select id, name from public.profiles where id = ${world.ids.creator}`,
  },
  {
    table: "profiles",
    what: "the assignee's name",
    verb: "update",
    allowed: ["assignee"],
    run: (sql, world) =>
      sql`update public.profiles set name = 'New' where id = ${world.ids.assignee}`,
  },
  {
    table: "profiles",
    what: "own user_type",
    verb: "update",
    allowed: [],
    run: (sql, world, persona) =>
      sql`update public.profiles set user_type = 'creator' where id = ${self(world, persona)}`,
  },
  {
    table: "profiles",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.profiles (id, user_type, name) values (${self(world, persona)}, 'creator', 'X')`,
  },
  {
    table: "profiles",
    what: "own row",
    verb: "delete",
    allowed: [],
    run: (sql, world, persona) =>
      sql`delete from public.profiles where id = ${self(world, persona)}`,
  },
  {
    table: "skills",
    what: "the list",
    verb: "select",
    allowed: [...signedIn, "anon"],
    run: (sql) => sql`select name from public.skills limit 1`,
  },
  {
    table: "skills",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql) => sql`insert into public.skills (name) values ('Telepathy')`,
  },
  {
    table: "skills",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql) => sql`update public.skills set name = 'Telepathy' where name = 'Figma'`,
  },
  {
    table: "skills",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql) => sql`delete from public.skills where name = 'Figma'`,
  },
  {
    table: "projects",
    what: "the project",
    verb: "select",
    allowed: team,
    run: (sql, world) => sql`select id, name from public.projects where id = ${world.projectId}`,
  },
  {
    table: "projects",
    what: "one's own",
    verb: "insert",
    allowed: ["creator", "other creator"],
    run: (sql) =>
      sql`insert into public.projects (name, description, due_date) values ('Mine', 'x', current_date + 9)`,
  },
  {
    table: "projects",
    what: "in the creator's name",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.projects (creator_id, name, description, due_date)
          values (${world.ids.creator}, 'Forged', 'x', current_date + 9)`,
  },
  {
    table: "projects",
    what: "name and status",
    verb: "update",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`update public.projects set name = 'New', status = 'in-progress' where id = ${world.projectId}`,
  },
  {
    table: "projects",
    what: "creator_id",
    verb: "update",
    allowed: [],
    run: (sql, world, persona) =>
      sql`update public.projects set creator_id = ${self(world, persona)} where id = ${world.projectId}`,
  },
  {
    table: "projects",
    what: "the project",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.projects where id = ${world.projectId}`,
  },
  {
    table: "project_members",
    what: "the team",
    verb: "select",
    allowed: team,
    run: (sql, world) =>
      sql`select user_id from public.project_members
          where project_id = ${world.projectId} and user_id = ${world.ids.member}`,
  },
  {
    table: "project_members",
    what: "a talent",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.project_members (project_id, user_id, role)
          values (${world.projectId}, ${world.candidateId}, 'Editor')`,
  },
  {
    table: "project_members",
    what: "removed_at",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.project_members set removed_at = null where project_id = ${world.projectId}`,
  },
  {
    table: "project_members",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.project_members where project_id = ${world.projectId}`,
  },
  {
    table: "tasks",
    what: "the task",
    verb: "select",
    allowed: team,
    run: (sql, world) => sql`select id, name from public.tasks where id = ${world.taskId}`,
  },
  {
    table: "tasks",
    what: "a task",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.tasks (project_id, name, assignee_id, due_date)
          values (${world.projectId}, 'Another', ${world.ids.member}, current_date + 3)`,
  },
  {
    table: "tasks",
    what: "status",
    verb: "update",
    allowed: ["creator", "assignee"],
    run: (sql, world) =>
      sql`update public.tasks set status = 'in-progress' where id = ${world.taskId}`,
  },
  {
    table: "tasks",
    what: "name",
    verb: "update",
    allowed: ["creator"],
    run: (sql, world) => sql`update public.tasks set name = 'New' where id = ${world.taskId}`,
  },
  {
    table: "tasks",
    what: "a task",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.tasks where id = ${world.taskId}`,
  },
  {
    table: "deliverables",
    what: "the assignee's",
    verb: "select",
    allowed: parties,
    run: (sql, world) => sql`select id from public.deliverables where id = ${world.deliverableId}`,
  },
  {
    table: "deliverables",
    what: "one for the task",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.deliverables (project_id, task_id, submitted_by_id, title)
          values (${world.projectId}, ${world.taskId}, ${self(world, persona)}, 'X')`,
  },
  {
    table: "deliverables",
    what: "status and feedback (a decision)",
    verb: "update",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`update public.deliverables set status = 'revision', feedback = 'Again'
          where id = ${world.deliverableId}`,
  },
  {
    table: "deliverables",
    what: "title",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.deliverables set title = 'New' where id = ${world.deliverableId}`,
  },
  {
    table: "deliverables",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.deliverables where id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_versions",
    what: "the assignee's",
    verb: "select",
    allowed: parties,
    run: (sql, world) =>
      sql`select version from public.deliverable_versions where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_versions",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world) =>
      sql`insert into public.deliverable_versions (deliverable_id, version, title, description)
          values (${world.deliverableId}, 3, 'X', '')`,
  },
  {
    table: "deliverable_versions",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.deliverable_versions set title = 'X' where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_versions",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.deliverable_versions where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_files",
    what: "the assignee's",
    verb: "select",
    allowed: parties,
    run: (sql, world) =>
      sql`select file_id from public.deliverable_files where file_id = ${world.fileId}`,
  },
  {
    table: "deliverable_files",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world) =>
      sql`insert into public.deliverable_files (file_id, deliverable_id, version, place)
          values (${world.sampleId}, ${world.deliverableId}, 1, 2)`,
  },
  {
    table: "deliverable_files",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.deliverable_files set place = 2 where file_id = ${world.fileId}`,
  },
  {
    table: "deliverable_files",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.deliverable_files where file_id = ${world.fileId}`,
  },
  {
    table: "deliverable_reviews",
    what: "of the assignee's",
    verb: "select",
    allowed: parties,
    run: (sql, world) =>
      sql`select feedback from public.deliverable_reviews where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_reviews",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.deliverable_reviews (deliverable_id, version, action, reviewer_id)
          values (${world.deliverableId}, 2, 'approve', ${self(world, persona)})`,
  },
  {
    table: "deliverable_reviews",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.deliverable_reviews set feedback = 'X' where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "deliverable_reviews",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) =>
      sql`delete from public.deliverable_reviews where deliverable_id = ${world.deliverableId}`,
  },
  {
    table: "files",
    what: "of the assignee's deliverable",
    verb: "select",
    allowed: parties,
    run: (sql, world) => sql`select file_name from public.files where id = ${world.fileId}`,
  },
  {
    table: "files",
    what: "of a sample",
    verb: "select",
    allowed: team,
    run: (sql, world) => sql`select file_name from public.files where id = ${world.sampleId}`,
  },
  {
    table: "files",
    what: "a row",
    verb: "insert",
    allowed: [],
    run: (sql, world, persona) =>
      sql`insert into public.files (upload_type, uploader_id, bucket_id, path, file_name, file_size, mime_type)
          values ('avatar', ${self(world, persona)}, 'avatars', 'x.png', 'x.png', 1, 'image/png')`,
  },
  {
    table: "files",
    what: "state",
    verb: "update",
    allowed: [],
    run: (sql, world) => sql`update public.files set state = 'clean' where id = ${world.fileId}`,
  },
  {
    table: "files",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.files where id = ${world.fileId}`,
  },
  {
    table: "project_samples",
    what: "the project's",
    verb: "select",
    allowed: team,
    run: (sql, world) => sql`select name from public.project_samples where id = ${world.sampleId}`,
  },
  {
    table: "project_samples",
    what: "a link",
    verb: "insert",
    allowed: ["creator"],
    run: (sql, world) =>
      sql`insert into public.project_samples (project_id, name, type, url)
          values (${world.projectId}, 'Ref', 'link', 'https://example.com/ref')`,
  },
  {
    table: "project_samples",
    what: "a row",
    verb: "update",
    allowed: [],
    run: (sql, world) =>
      sql`update public.project_samples set name = 'X' where id = ${world.sampleId}`,
  },
  {
    table: "project_samples",
    what: "a row",
    verb: "delete",
    allowed: [],
    run: (sql, world) => sql`delete from public.project_samples where id = ${world.sampleId}`,
  },
  ...conversationRules,
];
