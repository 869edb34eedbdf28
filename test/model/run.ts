import { expect } from "vitest";
import type { Random } from "../world/random.ts";
import { directMoves } from "./direct-moves.ts";
import type { Focus } from "./focus.ts";
import { apiMoves, type Weighted } from "./moves.ts";
import { violationsOf } from "./rules.ts";
import { type State, stateOf } from "./state.ts";
import { systemMoves } from "./system-moves.ts";
import { visibilityErrors } from "./visibility.ts";
import type { Actor, Answer, ModelWorld } from "./world.ts";

export const moves: Readonly<Record<string, Weighted>> = {
  ...apiMoves,
  ...directMoves,
  ...systemMoves,
};

/** Takes steps one after the other, and compares what each leaves behind with the rules. */
export class ModelRun {
  readonly world: ModelWorld;
  readonly seed: number;
  /** How often each move was tried, and how often it was not refused. */
  readonly tried = new Map<string, number>();
  readonly succeeded = new Map<string, number>();
  #state: State;
  /** The state right after the last step, with the projects that it deleted. */
  #after: State;
  #steps = 0;

  private constructor(world: ModelWorld, seed: number, state: State) {
    this.world = world;
    this.seed = seed;
    this.#state = state;
    this.#after = state;
  }

  static async start(world: ModelWorld, seed: number): Promise<ModelRun> {
    return new ModelRun(world, seed, await stateOf(world));
  }

  get state(): State {
    return this.#state;
  }

  async step(name: string, actor: Actor, focus: Focus, random: Random): Promise<Answer> {
    const { world } = this;
    const before = this.#state;
    const weighted = moves[name];
    if (weighted === undefined) throw new Error(`There is no move ${name}.`);
    const answer = await weighted.move({ world, state: before, actor, random, focus });
    const after = await stateOf(world);
    const which = `step ${this.#steps} of seed ${this.seed}: ${name} by ${actor.role} ${actor.id}`;
    this.#steps += 1;
    increase(this.tried, name);
    if (answer.refused === undefined) increase(this.succeeded, name);
    else
      expect(after, `${which} was refused with ${answer.refused} and changed something`).toEqual(
        before,
      );
    const by = name in systemMoves ? "system" : actor;
    expect(violationsOf({ before, after, actor: by }), which).toEqual([]);
    this.#after = after;
    this.#state = await this.#withoutDeletedProjects(after);
    return answer;
  }

  /** Compares what an actor sees after the last step with what the documents let them see. */
  async look(actor: Actor, focus: Focus, random: Random): Promise<void> {
    const { world } = this;
    const errors = await visibilityErrors({ world, state: this.#after, actor, random, focus });
    const which = `${actor.role} ${actor.id} before step ${this.#steps} of seed ${this.seed}`;
    expect(errors, `What ${which} sees`).toEqual([]);
  }

  /** Deleted projects are watched for the step that deletes them, and no longer. */
  async #withoutDeletedProjects(state: State): Promise<State> {
    const deleted = Object.values(state.projects).filter((project) => project.deleted);
    for (const { id } of deleted) this.world.projects.delete(id);
    return deleted.length === 0 ? state : stateOf(this.world);
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
