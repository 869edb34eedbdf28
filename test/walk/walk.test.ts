import { afterAll, beforeAll, expect, test } from "vitest";
import { directMoves } from "./direct-moves.ts";
import { drawActor, drawFocus } from "./focus.ts";
import { apiMoves, type Weighted } from "./moves.ts";
import { type Random, randomOf } from "./random.ts";
import { violationsOf } from "./rules.ts";
import { wrongSights } from "./sight.ts";
import { type State, stateOf } from "./state.ts";
import { systemMoves } from "./system-moves.ts";
import { openWorld, type World } from "./world.ts";

// Another one each time, told so that a failure can be walked again: WALK_SEED=… npm test product.
const seed = Number(process.env.WALK_SEED ?? Date.now() % 2 ** 31);
const steps = Number(process.env.WALK_STEPS ?? 10_000);

/** From a reservation to a decision and on to the next version. */
const way = ["reserveForTask", "confirm", "submit", "decide", "reserveForRevision", "resubmit"];

const moves: Readonly<Record<string, Weighted>> = { ...apiMoves, ...directMoves, ...systemMoves };
const total = Object.values(moves).reduce((sum, { weight }) => sum + weight, 0);

function drawn(random: Random): [string, Weighted] {
  let left = (random.below(1_000_000) / 1_000_000) * total;
  for (const [name, weighted] of Object.entries(moves)) {
    left -= weighted.weight;
    if (left <= 0) return [name, weighted];
  }
  throw new Error("No move was drawn.");
}

let world: World;
beforeAll(async () => {
  world = await openWorld(process.env.DB_URL ?? "");
});
afterAll(() => world.sql.end());

/** Projects that have ended are watched no longer than the step that ended them. */
function forgetEnded(state: State): void {
  for (const { id, deleted } of Object.values(state.projects)) {
    if (deleted) world.projects.delete(id);
  }
}

test(`${steps} steps by everybody lead to no state the documents do not allow (seed ${seed})`, async () => {
  const random = randomOf(seed);
  const succeeded = new Map<string, number>();
  let before = await stateOf(world);

  for (let step = 0; step < steps; step += 1) {
    const [name, { move, part }] = drawn(random);
    const focus = drawFocus(before, random);
    const actor = drawActor(world.actors, focus, part, random);
    const answer = await move({ world, state: before, actor, random, focus });

    const after = await stateOf(world);
    const told = `step ${step} of seed ${seed}: ${name} by ${actor.role} ${actor.id}`;
    if (answer.refused !== undefined) {
      expect(after, `${told} was refused with ${answer.refused} and left a trace`).toEqual(before);
    } else {
      succeeded.set(name, (succeeded.get(name) ?? 0) + 1);
    }
    const by = name in systemMoves ? "system" : actor;
    expect(violationsOf({ before, after, actor: by }), told).toEqual([]);

    if (random.chance(0.15)) {
      const sights = await wrongSights({ world, state: after, actor, random, focus });
      expect(sights, `${told}, and what is seen then`).toEqual([]);
    }
    forgetEnded(after);
    before =
      world.projects.size === Object.keys(after.projects).length ? after : await stateOf(world);
  }

  // A walk that never got anywhere would have proved nothing.
  for (const name of steps < 10_000 ? [] : way) {
    expect(succeeded.get(name) ?? 0, `${name} hardly ever succeeded`).toBeGreaterThan(5);
  }
}, 600_000);
