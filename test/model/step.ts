import type { State } from "./state.ts";
import type { Actor } from "./world.ts";

/** A step: the state before it, who took it ("system": a job or Storage), the state after it. */
export interface Step {
  readonly before: State;
  readonly after: State;
  readonly actor: Actor | "system";
}

export type Rule = (step: Step) => Iterable<string>;

export const same = (left: unknown, right: unknown) =>
  JSON.stringify(left) === JSON.stringify(right);
export const idOf = (actor: Step["actor"]) => (actor === "system" ? undefined : actor.id);

export const isProjectCreator = (step: Step, project: string) =>
  step.before.projects[project]?.creator === idOf(step.actor);
