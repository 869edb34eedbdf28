import { letter } from "./layout.ts";
import type { Content } from "./mail.ts";
import { optionalText, type Payload, requiredLink, requiredText } from "./payload.ts";

type Template = (payload: Payload) => Content;

/** What a mail contains in addition to the sentence of its notification. */
interface Addition {
  readonly paragraphs?: readonly string[];
  /** Text that another user wrote. */
  readonly quote?: string;
}

/** The mail of a notification. `reason` completes "You receive this email because …". */
const notification =
  (reason: string, add: (payload: Payload) => Addition = () => ({})): Template =>
  (payload) => {
    const { paragraphs = [], quote } = add(payload);
    const message = requiredText(payload, "message");
    const content = letter({
      subject: oneLine(requiredText(payload, "title")),
      preview: message,
      greeting: `Hello ${requiredText(payload, "recipientName")}`,
      paragraphs: [message, ...paragraphs.filter((paragraph) => paragraph !== "")],
      ...(quote ? { quote } : {}),
      footnote: `You receive this email because ${reason}.`,
      ...unsubscribeLink(payload),
    });
    return { ...content, ...unsubscribeHeaders(payload) };
  };

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
const unsubscribeHeaders = (payload: Payload): Pick<Content, "headers"> =>
  hasLink(payload)
    ? {
        headers: {
          "List-Unsubscribe": `<${requiredLink(payload, "unsubscribeUrl")}>`,
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
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

const ownFile = notification("you uploaded a file to OnSwift", (payload) => ({
  paragraphs: [
    optionalText(payload, "deliverableTitle") === ""
      ? "Please upload another file instead."
      : "Please replace the file. Replacing it uses up no revision.",
  ],
}));

const fileOfTalent = notification(
  "a deliverable was submitted to one of your projects on OnSwift",
  () => ({ paragraphs: ["The submitter was notified as well and can replace the file."] }),
);

/** One template for each type of notification that is sent as mail. */
export const notificationTemplates: Readonly<Record<string, Template>> = {
  task_assigned: notification("a task was assigned to you on OnSwift", (payload) => ({
    paragraphs: [due(payload)],
  })),
  deliverable_submitted: notification(
    "a deliverable was submitted to one of your projects on OnSwift",
    (payload) => ({
      paragraphs: [where(payload), "Review it, then approve it or request a revision."],
    }),
  ),
  deliverable_approved: notification("you submitted a deliverable on OnSwift", (payload) => ({
    paragraphs: [where(payload)],
  })),
  revision_requested: notification("you submitted a deliverable on OnSwift", (payload) => ({
    paragraphs: [where(payload), revisionsLeft(payload)],
    quote: optionalText(payload, "feedback"),
  })),
  review_received: notification("a creator reviewed your work on OnSwift"),
  deadline_approaching: notification("a deadline on OnSwift is approaching", (payload) => ({
    paragraphs: [where(payload), due(payload)],
  })),
  // Never the content of the message: it stays in the conversation.
  message_received: notification("you received a message on OnSwift", () => ({
    paragraphs: ["Open the conversation to read it and reply."],
  })),
  project_status_changed: notification("you are on the team of a project on OnSwift"),
  team_added: notification("you were added to a project team on OnSwift"),
  mentioned: notification("you were mentioned on OnSwift", (payload) => ({
    paragraphs: [where(payload)],
  })),
  task_unassigned: notification("tasks in one of your projects no longer have an assignee"),
  file_rejected: (payload) => (payload.isUploader === false ? fileOfTalent : ownFile)(payload),
};
