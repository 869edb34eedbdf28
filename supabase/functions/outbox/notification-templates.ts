import { letter } from "./layout.ts";
import type { Content } from "./mail.ts";
import { optionalText, type Payload, requiredLink, requiredText } from "./payload.ts";

type Template = (payload: Payload) => Content;

/** What a mail contains in addition to the sentence of its notification. */
interface Addition {
  /** Names the person and the thing. Without it, the title of the notification is the subject. */
  readonly subject?: string;
  readonly paragraphs?: readonly string[];
  /** Text that another user wrote. */
  readonly quote?: string;
}

/** The mail of a notification. `reason` completes "You receive this email because …". */
const notification =
  (reason: string, add: (payload: Payload) => Addition = () => ({})): Template =>
  (payload) => {
    const { subject = "", paragraphs = [], quote } = add(payload);
    const message = requiredText(payload, "message");
    const more = itemCount(payload) - 1;
    const about = subject || requiredText(payload, "title");
    const content = letter({
      subject: oneLine(more > 0 ? `${about} and ${more} more` : about),
      preview: message,
      greeting: `Hello ${requiredText(payload, "recipientName")}`,
      paragraphs:
        more > 0
          ? itemsOf(payload)
          : [message, ...paragraphs.filter((paragraph) => paragraph !== "")],
      ...(quote ? { quote } : {}),
      ...button(payload),
      footnote: `You receive this email because ${reason}.`,
      ...unsubscribeLink(payload),
    });
    const headers = { ...unsubscribeHeaders(payload), ...threadHeaders(payload) };
    return Object.keys(headers).length === 0 ? content : { ...content, headers };
  };

/** How many notifications a merged mail stands for. */
const itemCount = (payload: Payload): number => Number(optionalText(payload, "itemCount") || 1);

/** The sentences of a merged mail. The database keeps the first 20 of them. */
function itemsOf(payload: Payload): readonly string[] {
  const items = (Array.isArray(payload.items) ? payload.items : []).map(String);
  const rest = itemCount(payload) - items.length;
  return rest > 0 ? [...items, `… and ${rest} more.`] : items;
}

/** The page of the app that shows what the mail is about; none if the app's address is not known. */
const button = (payload: Payload) =>
  typeof payload.appUrl === "string"
    ? {
        action: {
          label: labels[optionalText(payload, "entityType")] ?? "Open OnSwift",
          link: requiredLink(payload, "appUrl"),
        },
      }
    : {};

const labels: Readonly<Record<string, string>> = {
  task: "Open the task",
  project: "Open the project",
  team: "Open the project",
  deliverable: "Open the deliverable",
  conversation: "Open the conversation",
  review: "Read the review",
};

/** Mails about the same task, conversation or project appear as one thread. */
function threadHeaders(payload: Payload): Readonly<Record<string, string>> {
  const keys = ["taskId", "conversationId", "projectId"];
  const id = keys.map((key) => optionalText(payload, key)).find((value) => value !== "");
  return id === undefined
    ? {}
    : { References: `<${id}@onswift>`, "In-Reply-To": `<${id}@onswift>` };
}

/** A subject such as "Cleo approved 'Rough cut' (Film)"; empty if one of the names is not known. */
function about(payload: Payload, does: string, thing: string): string {
  const names = [optionalText(payload, "actorName"), optionalText(payload, thing)];
  if (names.includes("")) return "";
  const project = thing === "projectName" ? "" : optionalText(payload, "projectName");
  const [who, what] = names;
  const named = thing === "projectName" ? what : `'${what}'`;
  return `${who} ${does} ${named}${project === "" ? "" : ` (${project})`}`;
}

/** A line break in a subject could start another header. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 200);

const hasLink = (payload: Payload): boolean => typeof payload.unsubscribeUrl === "string";

const unsubscribeLink = (payload: Payload) =>
  hasLink(payload)
    ? {
        unsubscribe: {
          label: "Unsubscribe from emails like this",
          link: requiredLink(payload, "unsubscribeUrl"),
        },
      }
    : {};

/** RFC 8058: mail programs show their own unsubscribe button, which posts to the address. */
const unsubscribeHeaders = (payload: Payload): Readonly<Record<string, string>> =>
  hasLink(payload)
    ? {
        "List-Unsubscribe": `<${requiredLink(payload, "unsubscribeUrl")}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }
    : {};

const day = (payload: Payload, key: string): string => {
  const date = new Date(`${optionalText(payload, key)}T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? ""
    : date.toLocaleDateString("en-GB", { dateStyle: "full", timeZone: "UTC" });
};

const due = (payload: Payload): string => {
  const date = day(payload, "dueDate");
  return date === "" ? "" : `Due date: ${date}.`;
};

const where = (payload: Payload): string => {
  const task = optionalText(payload, "taskName");
  const project = optionalText(payload, "projectName");
  if (task === "") return project === "" ? "" : `Project: ${project}`;
  return project === "" ? `Task: ${task}` : `Task: ${task} (${project})`;
};

const revisionsLeft = (payload: Payload): string => {
  const requested = Number(optionalText(payload, "revisionCount") || Number.NaN);
  if (Number.isNaN(requested)) return "";
  const left = Math.max(0, 3 - requested);
  if (left === 0) return "This is the last of 3 revisions.";
  return left === 1 ? "1 more revision is possible." : `${left} more revisions are possible.`;
};

/** Names the day, because "tomorrow" depends on where the reader is. */
function dueSubject(payload: Payload): string {
  const [task, date] = [optionalText(payload, "taskName"), day(payload, "dueDate")];
  const project = optionalText(payload, "projectName");
  if (task === "" || date === "") return "";
  return `'${task}' is due on ${date}${project === "" ? "" : ` (${project})`}`;
}

const rejectedSubject = (payload: Payload): string => {
  const name = optionalText(payload, "fileName");
  return name === "" ? "" : `'${name}' was rejected`;
};

const ownFile = notification("you uploaded a file to OnSwift", (payload) => ({
  subject: rejectedSubject(payload),
  paragraphs: [
    optionalText(payload, "deliverableTitle") === ""
      ? "Please upload another file instead."
      : "Please replace the file. Replacing it uses up no revision.",
  ],
}));

const fileOfTalent = notification(
  "a deliverable was submitted to one of your projects on OnSwift",
  (payload) => ({
    subject: rejectedSubject(payload),
    paragraphs: ["The submitter was notified as well and can replace the file."],
  }),
);

/** One template for each type of notification that is sent as mail. */
export const notificationTemplates: Readonly<Record<string, Template>> = {
  task_assigned: notification("a task was assigned to you on OnSwift", (payload) => ({
    subject: about(payload, "assigned you", "taskName"),
    paragraphs: [due(payload)],
  })),
  deliverable_submitted: notification(
    "a deliverable was submitted to one of your projects on OnSwift",
    (payload) => ({
      subject:
        payload.title === "File Replaced"
          ? about(payload, "replaced a file of", "deliverableTitle")
          : about(payload, "submitted", "deliverableTitle"),
      paragraphs: [where(payload), "Review it, then approve it or request a revision."],
    }),
  ),
  deliverable_approved: notification("you submitted a deliverable on OnSwift", (payload) => ({
    subject: about(payload, "approved", "deliverableTitle"),
    paragraphs: [where(payload)],
  })),
  revision_requested: notification("you submitted a deliverable on OnSwift", (payload) => ({
    subject: about(payload, "requests a revision of", "deliverableTitle"),
    paragraphs: [where(payload), revisionsLeft(payload)],
    quote: optionalText(payload, "feedback"),
  })),
  review_received: notification("a creator reviewed your work on OnSwift", (payload) => ({
    subject: about(payload, "reviewed your work on", "projectName"),
  })),
  deadline_approaching: notification("a deadline on OnSwift is approaching", (payload) => ({
    subject: dueSubject(payload),
    paragraphs: [where(payload)],
  })),
  // Never the content of the message: it stays in the conversation.
  message_received: notification("you received a message on OnSwift", (payload) => ({
    subject: requiredText(payload, "message"),
    paragraphs: ["Open the conversation to read it and reply."],
  })),
  project_status_changed: notification(
    "you are on the team of a project on OnSwift",
    (payload) => ({ subject: requiredText(payload, "message") }),
  ),
  team_added: notification("you were added to a project team on OnSwift", (payload) => ({
    subject: about(payload, "added you to the team of", "projectName"),
  })),
  mentioned: notification("you were mentioned on OnSwift", (payload) => ({
    subject:
      about(payload, "mentioned you in", "deliverableTitle") ||
      about(payload, "mentioned you in", "taskName"),
    paragraphs: [where(payload)],
  })),
  task_unassigned: notification(
    "tasks in one of your projects no longer have an assignee",
    (payload) => ({ subject: about(payload, "left the team of", "projectName") }),
  ),
  file_rejected: (payload) => (payload.isUploader === false ? fileOfTalent : ownFile)(payload),
};
