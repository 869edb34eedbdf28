import type { Belongings } from "./belongings.ts";

/**
 * How clients read each table under row-level security: without a filter, and by its usual ones. What stands
 * after `select * from <table>`.
 */
export const tables: Readonly<Record<string, (own: Belongings) => readonly string[]>> = {
  audit_events: ({ project }) => [`where project_id = '${project}' order by id desc limit 50`],
  conversation_reads: ({ conversation }) => [`where conversation_id = '${conversation}'`],
  conversations: ({ conversation }) => [
    `where id = '${conversation}'`,
    "order by last_message_at desc nulls last limit 20",
  ],
  deliverable_files: ({ deliverable, file }) => [
    `where file_id = '${file}'`,
    `where deliverable_id = '${deliverable}' order by version, place`,
  ],
  deliverable_reviews: ({ deliverable }) => [`where deliverable_id = '${deliverable}'`],
  deliverable_versions: ({ deliverable }) => [`where deliverable_id = '${deliverable}'`],
  deliverables: ({ deliverable, project, task }) => [
    `where id = '${deliverable}'`,
    `where project_id = '${project}' order by submitted_at desc limit 20`,
    `where task_id = '${task}'`,
  ],
  files: ({ file, project, task }) => [
    `where id = '${file}'`,
    `where project_id = '${project}'`,
    `where task_id = '${task}'`,
  ],
  messages: ({ conversation, message }) => [
    `where id = '${message}'`,
    `where conversation_id = '${conversation}' order by sent_at desc, id desc limit 50`,
  ],
  notification_preferences: () => [],
  notifications: () => [
    "order by created_at desc, id desc limit 20",
    "where not is_read order by created_at desc, id desc limit 20",
  ],
  profiles: ({ member }) => [`where id = '${member}'`],
  project_members: ({ project, member }) => [
    `where project_id = '${project}'`,
    `where user_id = '${member}'`,
  ],
  project_samples: ({ project }) => [`where project_id = '${project}' order by created_at`],
  projects: ({ project }) => [`where id = '${project}'`],
  reviews: ({ member }) => [`where talent_id = '${member}' order by created_at desc limit 20`],
  skills: () => [],
  tasks: ({ project, task, member }) => [
    `where id = '${task}'`,
    `where project_id = '${project}' order by due_date`,
    `where assignee_id = '${member}' and project_id = '${project}'`,
  ],
  user_blocks: () => [],
};

/** Tables of which everybody sees most rows: a scan that ends after a page is their best plan. */
export const everybodys = ["profiles", "reviews"];
