import { type ApiError, statusOf } from "../http/errors.ts";
import { htmlResponse, pageResponse, renderPage } from "../http/page.ts";
import type { Outcome } from "../operation.ts";

/** What people read about a type of notification. */
const subjects: Readonly<Record<string, string>> = {
  task_assigned: "tasks that are assigned to you",
  task_unassigned: "tasks without an assignee",
  deliverable_submitted: "submitted deliverables",
  deliverable_approved: "approved deliverables",
  revision_requested: "requested revisions",
  message_received: "new messages",
  review_received: "new reviews",
  deadline_approaching: "approaching deadlines",
  project_status_changed: "changes of a project's status",
  team_added: "teams that you are added to",
  mentioned: "mentions of you",
  file_rejected: "rejected files",
};

const subjectOf = (json: string): string => subjects[JSON.parse(json).type] ?? "this";

/** A later attempt may succeed, at the same address. */
const isTemporary = ({ code }: ApiError): boolean =>
  statusOf[code] === 429 || statusOf[code] >= 500;

const failed = (error: ApiError, title: string, text: string): Response => {
  const page = isTemporary(error)
    ? { title: "Try again shortly", text: error.message }
    : { title, text };
  const response = pageResponse(page, statusOf[error.code]);
  for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value);
  return response;
};

const invalidLink = (error: ApiError): Response =>
  failed(error, "This link does not work", "It is incomplete. Open the link in the email again.");

/** Asks before it changes anything, because mail scanners open links. */
export const askToUnsubscribe = (json: string): string =>
  renderPage({
    title: "Stop these emails?",
    text: `You will get no more emails about ${subjectOf(json)}.`,
    button: "Unsubscribe",
  });

export const unsubscribePage = ({ body, error }: Outcome): Response =>
  error === undefined ? htmlResponse(body) : invalidLink(error);

export const unsubscribedPage = ({ body, error }: Outcome): Response =>
  error === undefined
    ? pageResponse({
        title: "Unsubscribed",
        text: `You get no more emails about ${subjectOf(body)}. You can turn them on again in your notification settings.`,
      })
    : invalidLink(error);

/**
 * Leads to the app, with the result in the query; a small page if the app's address is not known. A request that
 * may be repeated stays at the address of the link, so that reloading the page repeats it.
 */
export async function verifiedPage({ error, database }: Outcome): Promise<Response> {
  const site = error && isTemporary(error) ? null : await database.siteUrl().catch(() => null);
  if (site !== null) {
    const target = new URL(site);
    if (error === undefined) target.searchParams.set("emailVerified", "true");
    else target.searchParams.set("error", error.code);
    return new Response(null, { status: 303, headers: { location: target.href } });
  }
  if (error === undefined) {
    return pageResponse({
      title: "Your email address is confirmed",
      text: "You can close this page and continue in OnSwift.",
    });
  }
  return error.code === "EMAIL_EXISTS"
    ? failed(error, "This address is taken", "Another account uses this email address by now.")
    : failed(
        error,
        "This link does not work",
        "It is invalid or has expired. Sign in to request a new one.",
      );
}
