import type { Deliverable, State } from "./state.ts";
import type { Actor } from "./world.ts";

/** A step: the state before it, who took it ("system": a job or Storage), the state after it. */
export interface Step {
  readonly before: State;
  readonly after: State;
  readonly actor: Actor | "system";
}

type Rule = (step: Step) => Iterable<string>;

/** What happened although the documents do not allow it, in sentences. */
export const violationsOf = (step: Step): string[] => rules.flatMap((rule) => [...rule(step)]);

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const idOf = (actor: Step["actor"]) => (actor === "system" ? undefined : actor.id);

const isProjectCreator = (step: Step, project: string) =>
  step.before.projects[project]?.creator === idOf(step.actor);

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

function* creations(step: Step): Iterable<string> {
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

function* changes(step: Step): Iterable<string> {
  for (const was of Object.values(step.before.deliverables)) {
    const now = step.after.deliverables[was.id];
    if (now === undefined) yield "vanished";
    else if (!same(was, now) && !wasAllowed(step, was, now))
      yield `changed in a way that is not allowed: ${JSON.stringify({ was, now })}`;
  }
}

/** What holds after every step. */
function* shapes({ after }: Step): Iterable<string> {
  const submitted = new Set<string>();
  for (const { status, version, revisions, versions, reviews, deleted, task } of Object.values(
    after.deliverables,
  )) {
    if (revisions > 3) yield "has more than three revisions";
    if (!deleted && versions.length !== version) yield "has lost a version";
    if (reviews.length !== revisions + (status === "approved" ? 1 : 0)) yield "has lost a decision";
    if (!deleted && after.tasks[task]?.deleted !== false) yield "outlived its task";
    for (const id of versions.flatMap(({ files }) => files)) {
      if (submitted.has(id)) yield "shares a file with another version";
      submitted.add(id);
    }
  }
  for (const project of Object.values(after.projects)) {
    const tasks = Object.values(after.tasks).filter(
      (task) => task.project === project.id && !task.deleted,
    );
    const samples = Object.values(after.samples).filter(({ project: id }) => id === project.id);
    if (!project.deleted && tasks.length !== project.tasks) yield "project counts its tasks wrong";
    if (samples.length > 20) yield "project has more than twenty samples";
  }
}

const fileMoves: Readonly<Record<string, readonly string[]>> = {
  reserved: ["uploaded", "failed"],
  uploaded: [],
  clean: [],
  infected: [],
  failed: [],
};

function* files({ before, after, actor }: Step): Iterable<string> {
  for (const was of Object.values(before.files)) {
    const now = after.files[was.id];
    if (now === undefined || same(was, now)) continue;
    const which = `file ${JSON.stringify({ was, now })}`;
    const origin = ({ uploader, project, task, bucket, path, type }: typeof was) =>
      [uploader, project, task, bucket, path, type].join();
    if (origin(was) !== origin(now)) yield `${which} changed its origin`;
    if (was.removed && !now.removed) yield `${which} came back`;
    if (was.used && !now.used) yield `${which} was freed`;
    if (!was.used && now.used && was.uploader !== idOf(actor)) yield `${which} was used by another`;
    const scanned = actor === "system" && was.state === "uploaded" && now.state !== "reserved";
    const confirmed = was.uploader === idOf(actor) && fileMoves[was.state]?.includes(now.state);
    if (was.state !== now.state && !scanned && !confirmed) yield `${which} changed its state`;
  }
  for (const now of Object.values(after.files)) {
    if (before.files[now.id] !== undefined) continue;
    if (now.uploader !== idOf(actor) || now.state !== "reserved" || now.used)
      yield `file ${JSON.stringify(now)} was created in another state than reserved`;
  }
}

function* samples(step: Step): Iterable<string> {
  const { before, after } = step;
  for (const id of new Set([...Object.keys(before.samples), ...Object.keys(after.samples)])) {
    if (same(before.samples[id], after.samples[id])) continue;
    const project = (before.samples[id] ?? after.samples[id])?.project ?? "";
    if (before.samples[id] !== undefined && after.samples[id] !== undefined)
      yield "sample was changed";
    if (!isProjectCreator(step, project)) yield "sample was changed by a user who may not";
  }
}

function* tasks(step: Step): Iterable<string> {
  for (const was of Object.values(step.before.tasks)) {
    const now = step.after.tasks[was.id];
    if (now === undefined) yield "task vanished";
    const approved = Object.values(step.before.deliverables).some(
      ({ task, status, deleted }) => task === was.id && status === "approved" && !deleted,
    );
    const alone = step.after.projects[was.project]?.deleted === false;
    if (!was.deleted && now?.deleted && approved && alone)
      yield "task with approved work was deleted";
  }
}

const rules: readonly Rule[] = [creations, changes, shapes, files, samples, tasks];
