import type { Random } from "../world/random.ts";
import type { Deliverable, Project, Sample, State, StoredFile, Task } from "./state.ts";
import type { Actor } from "./world.ts";

/** What a step is about. Mostly things that belong together, so that many steps succeed. */
export interface Focus {
  readonly project: Project | undefined;
  readonly task: Task | undefined;
  readonly deliverable: Deliverable | undefined;
  readonly file: StoredFile | undefined;
  readonly sample: Sample | undefined;
}

export function drawFocus(state: State, random: Random): Focus {
  // Now and then nothing belongs together: another project's task, another user's file.
  const mixed = random.chance(0.1);
  const draw = <T extends object>(of: Readonly<Record<string, T>>, fits: (one: T) => boolean) =>
    random.one(Object.values(of).filter((one) => mixed || fits(one)));

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
      (one) =>
        one.task === task?.id && one.uploader === task?.assignee && !one.removed && !one.used,
    ),
    sample: draw(state.samples, (one) => one.project === project?.id),
  };
}

/** What a person is to the things in focus. */
export type Part = "creator" | "assignee" | "author" | "uploader";

const whoIs: Readonly<Record<Part, (focus: Focus) => string | null | undefined>> = {
  creator: ({ project }) => project?.creator,
  assignee: ({ task }) => task?.assignee,
  author: ({ deliverable }) => deliverable?.by,
  uploader: ({ file }) => file?.uploader,
};

/** The one whom the step is meant for. */
export const actorFor = (actors: readonly Actor[], focus: Focus, part: Part): Actor | undefined =>
  actors.find(({ id }) => id === whoIs[part](focus));

/** Mostly the one whom the step is meant for, else anyone. */
export function drawActor(
  actors: readonly Actor[],
  focus: Focus,
  part: Part,
  random: Random,
): Actor {
  const meant = random.chance(0.7) ? actorFor(actors, focus, part) : random.one(actors);
  const actor = meant ?? random.one(actors);
  if (actor === undefined) throw new Error("The world has no actors.");
  return actor;
}
