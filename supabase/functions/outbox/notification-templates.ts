import { letter } from "./layout.ts";
import type { Content } from "./mail.ts";
import { link, maybe, type Payload, words } from "./payload.ts";

type Template = (payload: Payload) => Content;

/** What a kind says besides the sentence of the notification itself. */
interface Addition {
  readonly preview?: string;
  readonly paragraphs?: readonly string[];
  /** Somebody's own words. */
  readonly quote?: string;
}

/** Mails that tell of a notification: one look, and a way out of it. */
const telling =
  (why: string, add: (payload: Payload) => Addition = () => ({})): Template =>
  (payload) => {
    const { preview, paragraphs = [], quote } = add(payload);
    const message = words(payload, "message");
    const content = letter({
      subject: oneLine(words(payload, "title")),
      preview: preview ?? message,
      greeting: `Hello ${words(payload, "recipientName")}`,
      paragraphs: [message, ...paragraphs.filter((paragraph) => paragraph !== "")],
      ...(quote ? { quote } : {}),
      footnote: `You get this mail because ${why}.`,
      ...unsubscribeLink(payload),
    });
    return { ...content, ...headersOf(payload) };
  };

/** A header ends where its line does: nobody's project may begin another one. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 200);

const hasLink = (payload: Payload): boolean => typeof payload.unsubscribeUrl === "string";

const unsubscribeLink = (payload: Payload) =>
  hasLink(payload)
    ? { unsubscribe: { label: "Stop mails like this", link: link(payload, "unsubscribeUrl") } }
    : {};

/** RFC 8058: mail programs show a button of their own, which posts to the address. */
const headersOf = (payload: Payload): Pick<Content, "headers"> =>
  hasLink(payload)
    ? {
        headers: {
          "List-Unsubscribe": `<${link(payload, "unsubscribeUrl")}>`,
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
      }
    : {};

const day = (payload: Payload, key: string): string => {
  const date = new Date(`${maybe(payload, key)}T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? ""
    : date.toLocaleDateString("en-GB", { dateStyle: "full", timeZone: "UTC" });
};

const due = (payload: Payload): string => {
  const date = day(payload, "dueDate");
  return date === "" ? "" : `It is due on ${date}.`;
};

const where = (payload: Payload): string => {
  const [task, project] = [maybe(payload, "taskName"), maybe(payload, "projectName")];
  if (task === "") return project === "" ? "" : `Project: ${project}`;
  return project === "" ? `Task: ${task}` : `Task: ${task} (${project})`;
};

const revisionsLeft = (payload: Payload): string => {
  const asked = Number(maybe(payload, "revisionCount") || Number.NaN);
  if (Number.isNaN(asked)) return "";
  const left = Math.max(0, 3 - asked);
  if (left === 0) return "This is the last of the three revisions.";
  return left === 1 ? "One more revision is possible." : `${left} more revisions are possible.`;
};

const partOfProject = "you work on a project on OnSwift";

/** One template for each type of notification that goes out as mail. */
export const notificationTemplates: Readonly<Record<string, Template>> = {
  task_assigned: telling("a task was assigned to you on OnSwift", (payload) => ({
    paragraphs: [due(payload)],
  })),
  deliverable_submitted: telling("work was handed in to a project of yours", (payload) => ({
    paragraphs: [where(payload), "Look at it, then approve it or send it back with your feedback."],
  })),
  deliverable_approved: telling("you handed in work on OnSwift", (payload) => ({
    paragraphs: [where(payload)],
  })),
  revision_requested: telling("you handed in work on OnSwift", (payload) => ({
    paragraphs: [where(payload), revisionsLeft(payload)],
    quote: maybe(payload, "feedback"),
  })),
  review_received: telling("a creator reviewed your work on OnSwift"),
  deadline_approaching: telling("something on OnSwift is due soon", (payload) => ({
    paragraphs: [where(payload), due(payload)],
  })),
  // Never what was said: a conversation belongs where it is held.
  message_received: telling("somebody wrote to you on OnSwift", () => ({
    paragraphs: ["Open the conversation to read and to answer."],
  })),
  project_status_changed: telling(partOfProject),
  team_added: telling("somebody put you on a team on OnSwift"),
  mentioned: telling("somebody mentioned you on OnSwift", (payload) => ({
    paragraphs: [where(payload)],
  })),
  task_unassigned: telling("tasks in a project of yours have nobody any more"),
  file_rejected: telling("you uploaded a file to OnSwift", () => ({
    paragraphs: ["Please upload another one in its place."],
  })),
};
