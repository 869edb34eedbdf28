/** The floor of an operation: a page of documents by primary key, the same that the operation shows. */
import type postgres from "postgres";
import type { Person } from "../../test/plans/people.ts";
import type { Timed } from "../support/turns.ts";

export type Answer = Readonly<Record<string, unknown>>;

interface Documents {
  /** Where the answer has its list. */
  readonly list: string;
  readonly view?: string;
}

const projects = "private.project_documents";

const lists: Readonly<Record<string, Documents>> = {
  list_projects: { list: "projects", view: projects },
  list_tasks: { list: "tasks", view: "private.task_documents" },
  list_project_tasks: { list: "tasks", view: "private.task_documents" },
  list_deliverables: { list: "deliverables", view: "private.deliverable_documents" },
  list_conversations: { list: "conversations", view: "private.conversation_documents" },
  list_messages: { list: "messages", view: "private.message_documents" },
  list_notifications: { list: "notifications", view: "private.notification_documents" },
  list_reviews: { list: "reviews", view: "private.public_review_documents" },
  list_audit_events: { list: "events" },
};

/** The rows of a list that takes a limit; undefined where the answer is no such list. */
export function listed(operation: string, answer: Answer): readonly { id: string }[] | undefined {
  const list = lists[operation]?.list;
  return list === undefined ? undefined : ((answer[list] as { id: string }[] | undefined) ?? []);
}

/**
 * Renders the documents of the answer, without anything to check, search or count. Where the operation has none, or
 * fewer than half a page, the floor is a page of 20 projects: what any screen costs.
 */
export async function floorOf(
  tx: postgres.TransactionSql,
  person: Person,
  operation: string,
  answer: Answer,
): Promise<Timed> {
  const view = lists[operation]?.view;
  const shown = listed(operation, answer) ?? [];
  const text =
    view === undefined || shown.length < 10
      ? pageOf(projects, await twentyProjects(tx))
      : pageOf(
          view,
          shown.map(({ id }) => id),
        );
  return { person, text, isOwners: true };
}

const pageOf = (view: string, ids: readonly string[]): string =>
  `select jsonb_agg(d.document) from ${view} as d where d.id = any ('{${ids.join(",")}}'::uuid[])`;

async function twentyProjects(tx: postgres.TransactionSql): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select id from public.projects where deleted_at is null order by id limit 20`;
  return rows.map(({ id }) => id);
}
