import type { Belongings } from "./belongings.ts";

/** The calls of each operation that reads: without filters, with its filters, and deep pages. */
export const operations: Readonly<Record<string, (own: Belongings) => readonly string[]>> = {
  get_analytics: () => [
    "api.get_analytics()",
    `api.get_analytics("from" => (current_date - 7)::text, "to" => current_date::text)`,
  ],
  get_calendar: ({ project }) => [
    "api.get_calendar()",
    `api.get_calendar("projectId" => '${project}')`,
  ],
  get_calendar_link: () => ["api.get_calendar_link()"],
  get_conversation: ({ conversation }) => [`api.get_conversation('${conversation}')`],
  get_deliverable: ({ deliverable }) => [`api.get_deliverable('${deliverable}')`],
  get_download: ({ file }) => [`api.get_download('${file}')`],
  get_me: () => ["api.get_me()"],
  get_account: () => ["api.get_account()"],
  get_notification_preferences: () => ["api.get_notification_preferences()"],
  get_project: ({ project }) => [`api.get_project('${project}')`],
  get_task: ({ project, task }) => [`api.get_task('${project}', '${task}')`],
  get_user: ({ member }) => [`api.get_user('${member}')`],
  list_audit_events: ({ project }) => [
    "api.list_audit_events()",
    "api.list_audit_events(before => '20000')",
    `api.list_audit_events("projectId" => '${project}')`,
  ],
  list_blocks: () => ["api.list_blocks()"],
  list_conversations: () => ["api.list_conversations()", "api.list_conversations(page => '20')"],
  list_deliverables: ({ project, task }) => [
    "api.list_deliverables()",
    "api.list_deliverables(page => '100')",
    "api.list_deliverables(status => 'pending')",
    "api.list_deliverables(sort => 'title')",
    `api.list_deliverables("projectId" => '${project}')`,
    `api.list_deliverables("taskId" => '${task}')`,
    `api.list_deliverables("taskId" => '${task}', "limit" => '1')`,
  ],
  list_messages: ({ conversation, message }) => [
    `api.list_messages('${conversation}')`,
    `api.list_messages('${conversation}', before => '${message}')`,
    `api.list_messages('${conversation}', after => '${message}')`,
  ],
  list_notifications: () => [
    "api.list_notifications()",
    "api.list_notifications(page => '500')",
    `api.list_notifications("isRead" => 'true')`,
    `api.list_notifications("isRead" => 'false')`,
  ],
  list_project_tasks: ({ project, member }) => [
    `api.list_project_tasks('${project}')`,
    `api.list_project_tasks('${project}', status => 'planning')`,
    `api.list_project_tasks('${project}', "assigneeId" => '${member}')`,
  ],
  list_projects: () => [
    "api.list_projects()",
    "api.list_projects(page => '100')",
    "api.list_projects(status => 'planning')",
    "api.list_projects(sort => 'dueDate')",
    "api.list_projects(sort => '-updatedAt')",
  ],
  list_reviews: ({ member }) => [
    `api.list_reviews('${member}')`,
    `api.list_reviews('${member}', sort => '-rating')`,
  ],
  list_samples: ({ project }) => [`api.list_samples('${project}')`],
  list_security_events: () => ["api.list_security_events()"],
  list_sessions: () => ["api.list_sessions()"],
  list_skills: () => ["api.list_skills()"],
  list_tasks: ({ project, member }) => [
    "api.list_tasks()",
    "api.list_tasks(page => '500')",
    "api.list_tasks(status => 'planning')",
    "api.list_tasks(sort => '-createdAt')",
    `api.list_tasks("projectId" => '${project}')`,
    `api.list_tasks("assigneeId" => '${member}')`,
    `api.list_tasks("dueFrom" => current_date::text, "dueTo" => (current_date + 7)::text)`,
  ],
};

/** Operations that read and are not measured, with the reason. */
export const unmeasured: Readonly<Record<string, string>> = {
  check_email: "reads no table that grows: it checks an address before Auth is asked",
  check_refresh: "the same, for a token",
  check_sign_in: "the same, for a sign-in; counted attempts are found by their key",
  check_sign_out: "the same, for a sign-out",
  check_sign_up: "the same, for a sign-up",
  export_me: "a piece is ordered by time, so it reads all rows of the lists that it is in",
  follow_unsubscribe_link: "the token says all",
  search_talent: "plans by itself; `npm run bench search` measures its growth over three sizes",
  get_platform_analytics: "figures of the whole platform, for operators only",
};
