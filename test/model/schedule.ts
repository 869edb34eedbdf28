/**
 * Steps that are not left to chance. One round makes a project, takes a deliverable through all of its states and
 * deletes the project, so that every move that can succeed does. Then it tries every other move once.
 */
import { expect } from "vitest";
import { certain, type Random } from "../world/random.ts";
import { actorFor, drawFocus, type Focus, type Part } from "./focus.ts";
import { type ModelRun, moves } from "./run.ts";
import type { State } from "./state.ts";
import type { Actor } from "./world.ts";

interface Planned {
  readonly move: string;
  /** Which of its choices the move takes. */
  readonly choice?: number;
  /** Who takes the step, where it is not the one whom the move is meant for. */
  readonly as?: Part;
}

const then = (move: string, choice?: number, as?: Part): Planned => ({
  move,
  ...(choice === undefined ? {} : { choice }),
  ...(as === undefined ? {} : { as }),
});

const uploaded = (reserve: string): readonly Planned[] => [
  then(reserve),
  then("bytesArrive"),
  then("confirm"),
];

/** The places of four talents among the actors, in an order that changes with each round. */
const talentsOf = (round: number) => [0, 1, 2, 3].map((index) => 2 + ((round + index) % 4));

const path = (round: number): readonly Planned[] => {
  const [first, second, third] = talentsOf(round);
  return [
    then("timePasses"),
    then("createProject"),
    then("moveProject", 1),
    then("addMember", first),
    then("createTask"),
    ...uploaded("reserveForTask"),
    then("submit"),
    then("scanEnds"),
    then("requestRevision", 1),
    ...uploaded("reserveForRevision"),
    then("resubmit"),
    then("reviewDirectly"),
    then("reserveForTask"),
    then("uploadDirectly", 0, "uploader"),
    then("confirm"),
    then("submit"),
    then("takeBack"),
    ...uploaded("reserveForTask"),
    then("submit"),
    then("scanRejects"),
    ...uploaded("reserveForRevision"),
    then("replaceFile"),
    then("approve"),
    then("updateTask", 1),
    then("addMember", second),
    then("joinTeam", third),
    then("giveTask", second),
    then("createTask"),
    then("deleteTask"),
    then("addLink"),
    then("linkSample"),
    then("reserveSample"),
    then("bytesArrive"),
    then("confirm", 0, "creator"),
    then("addSample"),
    then("deleteSample"),
    then("removeMember"),
    then("deleteProject"),
  ];
};

/** The moves that a round takes with success. */
export const scheduled: ReadonlySet<string> = new Set(path(0).map(({ move }) => move));

/** Moves whose effect the state does not show: the step that follows would be refused without it. */
const invisible: ReadonlySet<string> = new Set(["timePasses", "bytesArrive", "uploadDirectly"]);

const newestFirst = <T>(known: Readonly<Record<string, T>>, earlier: Readonly<Record<string, T>>) =>
  Object.entries(known)
    .sort(([a], [b]) => Number(a in earlier) - Number(b in earlier))
    .map(([, one]) => one);

/** What belongs to one project: of several things the one that the last step made, of files an unused one. */
function focusOn(projectId: string | undefined, state: State, earlier: State): Focus {
  const project = state.projects[projectId ?? ""];
  const task = newestFirst(state.tasks, earlier.tasks).find(
    (one) => one.project === projectId && !one.deleted,
  );
  return {
    project,
    task,
    deliverable: newestFirst(state.deliverables, earlier.deliverables).find(
      (one) => one.task === task?.id && !one.deleted && one.status !== "approved",
    ),
    file: Object.values(state.files).find(
      (one) => one.project === projectId && !one.used && !one.removed,
    ),
    sample: newestFirst(state.samples, earlier.samples).find((one) => one.project === projectId),
  };
}

/** Takes one round of the path. Every step must succeed. After each, the actors look at the result in turns. */
async function walkPath(run: ModelRun, round: number): Promise<void> {
  const { actors } = run.world;
  const creator = actors[round % 2] as Actor;
  const known = new Set(Object.keys(run.state.projects));
  let earlier = run.state;
  for (const [index, { move, choice = 0, as }] of path(round).entries()) {
    const before = run.state;
    const projectId = Object.keys(before.projects).find((id) => !known.has(id));
    const focus = focusOn(projectId, before, earlier);
    const part = as ?? moves[move]?.part ?? "creator";
    const actor = actorFor(actors, focus, part) ?? creator;
    const { refused } = await run.step(move, actor, focus, certain(choice));
    expect(refused, `${move} of round ${round}, seed ${run.seed}`).toBeUndefined();
    if (!invisible.has(move)) {
      expect(run.state, `${move} of round ${round} changes something`).not.toEqual(before);
    }
    await run.look(actors[index % actors.length] as Actor, focus, certain());
    earlier = before;
  }
}

/** One round: the path, then each move that is not on it, by an actor who is drawn. */
export async function takeRound(run: ModelRun, round: number, random: Random): Promise<void> {
  await walkPath(run, round);
  for (const move of Object.keys(moves).filter((name) => !scheduled.has(name))) {
    const actor = random.one(run.world.actors) as Actor;
    await run.step(move, actor, drawFocus(run.state, random), random);
  }
}
