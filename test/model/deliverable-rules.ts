import { type Deliverable, isRejected } from "./state.ts";
import { idOf, isProjectCreator, type Step, same } from "./step.ts";

const placeIsOpen = ({ before, actor }: Step, { project, task }: Deliverable) => {
  const at = before.projects[project];
  return (
    at !== undefined &&
    !at.deleted &&
    at.status !== "completed" &&
    at.members.includes(idOf(actor) ?? "") &&
    before.tasks[task]?.assignee === idOf(actor) &&
    before.tasks[task]?.deleted === false
  );
};

const filesAreFit = ({ before, after, actor }: Step, { version, task, versions }: Deliverable) => {
  const files = versions.find((known) => known.version === version)?.files ?? [];
  return (
    files.length >= 1 &&
    files.length <= 10 &&
    files.every((id) => {
      const file = before.files[id];
      return (
        file !== undefined &&
        file.uploader === idOf(actor) &&
        file.task === task &&
        !file.used &&
        !file.removed &&
        ["reserved", "uploaded", "clean"].includes(file.state) &&
        ["uploaded", "clean"].includes(after.files[id]?.state ?? "")
      );
    })
  );
};

export function* creations(step: Step): Iterable<string> {
  const { before, after, actor } = step;
  for (const now of Object.values(after.deliverables)) {
    if (before.deliverables[now.id] !== undefined) continue;
    const blocked = Object.values(before.deliverables).some(
      (other) =>
        other.task === now.task &&
        other.by === now.by &&
        other.status === "revision" &&
        !other.deleted,
    );
    const fresh = [now.status, now.version, now.revisions, now.feedback, now.deleted];
    if (actor === "system" || actor.role !== "talent" || now.by !== actor.id)
      yield "was submitted by another user";
    if (!placeIsOpen(step, now)) yield "was submitted where no submission is possible";
    if (blocked) yield "was submitted while another one was in revision";
    if (!same(fresh, ["pending", 1, 0, null, false]))
      yield "was created in another state than pending";
    if (now.versions.length !== 1 || !filesAreFit(step, now))
      yield "was submitted with unfit files";
  }
}

/** A rejected file of the current version gives its place to an unused upload. Nothing else changes. */
function wasReplaced(step: Step, was: Deliverable, now: Deliverable): boolean {
  const { before, after, actor } = step;
  const [old = [], current = []] = [was, now].map(({ versions }) => versions.at(-1)?.files);
  const places = [...old.keys()].filter((place) => old[place] !== current[place]);
  const [removed = "", added = ""] = [old[places[0] ?? 0], current[places[0] ?? 0]];
  const earlier = ({ versions }: Deliverable) => versions.slice(0, -1);
  const last = ({ versions }: Deliverable) => ({ ...versions.at(-1), files: [] });
  const upload = before.files[added];
  return (
    was.status === "pending" &&
    was.by === idOf(actor) &&
    placeIsOpen(step, was) &&
    places.length === 1 &&
    old.length === current.length &&
    same({ ...was, versions: [] }, { ...now, versions: [] }) &&
    same([earlier(was), last(was)], [earlier(now), last(now)]) &&
    isRejected(before.files[removed]) &&
    after.files[removed]?.removed !== false &&
    upload?.uploader === idOf(actor) &&
    upload?.task === was.task &&
    !upload.used &&
    !upload.removed &&
    !isRejected(after.files[added])
  );
}

/** The changes of status that exist, each with who may make it and what it leaves behind. */
function wasAllowed(step: Step, was: Deliverable, now: Deliverable): boolean {
  const { before, after, actor } = step;
  const isCreator = isProjectCreator(step, was.project);
  const isAuthor = was.by === idOf(actor);
  const kept = now.deleted || same(now.versions.slice(0, was.versions.length), was.versions);
  const reviewsKept = same(now.reviews.slice(0, was.reviews.length), was.reviews);
  if (!kept || !reviewsKept) return false;
  if (now.deleted) {
    const parentEnded =
      isCreator &&
      ((after.projects[was.project]?.deleted ?? true) ||
        (after.tasks[was.task]?.deleted === true && was.status !== "approved"));
    const takenBack = isAuthor && was.status === "pending" && was.revisions === 0;
    const discarded = isCreator && was.status !== "approved";
    const ended = !was.deleted && same({ ...now, deleted: false, versions: was.versions }, was);
    return ended && (parentEnded || takenBack || discarded);
  }
  const last = now.reviews.at(-1);
  if (was.deleted || before.projects[was.project]?.deleted !== false) return false;
  if (now.status === "approved") {
    return (
      isCreator &&
      was.status === "pending" &&
      now.feedback === null &&
      now.approvedBy === idOf(actor) &&
      now.revisions === was.revisions &&
      same(last, { version: was.version, action: "approve", feedback: null, by: idOf(actor) })
    );
  }
  if (now.status === "revision") {
    const feedback = now.feedback ?? "";
    return (
      isCreator &&
      was.status === "pending" &&
      now.revisions === was.revisions + 1 &&
      now.revisions <= 3 &&
      feedback.trim().length >= 1 &&
      feedback.length <= 5000 &&
      same(last, {
        version: was.version,
        action: "request_revision",
        feedback,
        by: idOf(actor),
      })
    );
  }
  return (
    isAuthor &&
    was.status === "revision" &&
    now.version === was.version + 1 &&
    now.revisions === was.revisions &&
    now.feedback === was.feedback &&
    placeIsOpen(step, was) &&
    filesAreFit(step, now)
  );
}

export function* changes(step: Step): Iterable<string> {
  for (const was of Object.values(step.before.deliverables)) {
    const now = step.after.deliverables[was.id];
    if (now === undefined) yield "vanished";
    else if (!same(was, now) && !wasAllowed(step, was, now) && !wasReplaced(step, was, now))
      yield `changed in a way that is not allowed: ${JSON.stringify({ was, now })}`;
  }
}
