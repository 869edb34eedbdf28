import type { Random } from "./random.ts";
import type { Deliverable, Project, Sample, State, StoredFile, Task } from "./state.ts";
import type { Actor } from "./world.ts";

/** What a step is about. Mostly things that belong together, so that a good part of all steps works. */
export interface Focus {
  readonly project: Project | undefined;
  readonly task: Task | undefined;
  readonly deliverable: Deliverable | undefined;
  readonly file: StoredFile | undefined;
  readonly sample: Sample | undefined;
}

export function drawFocus(state: State, random: Random): Focus {
  // Now and then nothing fits: another project's task, somebody else's file.
  const astray = random.chance(0.1);
  const draw = <T extends object>(of: Readonly<Record<string, T>>, fits: (one: T) => boolean) =>
    random.one(Object.values(of).filter((one) => astray || fits(one)));

  const project = draw(state.projects, () => true);
  const task = draw(
    state.tasks,
    (one) => one.project === project?.id && one.assignee !== null && !one.deleted,
  );
  return {
    project,
    task,
    deliverable: draw(state.deliverables, (one) => one.task === task?.id && !one.deleted),
    file: draw(
      state.files,
      (one) => one.task === task?.id && one.owner === task?.assignee && !one.removed && !one.used,
    ),
    sample: draw(state.samples, (one) => one.project === project?.id),
  };
}

/** Who has to do with it, and how. */
export type Part = "creator" | "assignee" | "author" | "uploader";

const whoIs: Readonly<Record<Part, (focus: Focus) => string | null | undefined>> = {
  creator: ({ project }) => project?.creator,
  assignee: ({ task }) => task?.assignee,
  author: ({ deliverable }) => deliverable?.by,
  uploader: ({ file }) => file?.owner,
};

/** Mostly whoever the step is meant for, else anybody. */
export function drawActor(
  actors: readonly Actor[],
  focus: Focus,
  part: Part,
  random: Random,
): Actor {
  const meant = random.chance(0.7)
    ? actors.find(({ id }) => id === whoIs[part](focus))
    : random.one(actors);
  const actor = meant ?? random.one(actors);
  if (actor === undefined) throw new Error("Nobody is there.");
  return actor;
}
