import { changes, creations } from "./deliverable-rules.ts";
import { files, samples } from "./file-rules.ts";
import type { Rule, Step } from "./step.ts";

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

/** What happened although the documents do not allow it, in sentences. */
export const violationsOf = (step: Step): string[] => rules.flatMap((rule) => [...rule(step)]);
