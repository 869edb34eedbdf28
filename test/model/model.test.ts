import { afterAll, beforeAll, expect, test } from "vitest";
import { type Random, randomOf, testSeed } from "../world/random.ts";
import { drawActor, drawFocus } from "./focus.ts";
import { ModelRun, moves } from "./run.ts";
import { scheduled, takeRound } from "./schedule.ts";
import { type ModelWorld, openWorld } from "./world.ts";

const seed = testSeed();
const steps = Number(process.env.MODEL_STEPS ?? 10_000);
/** After so many random steps comes a round of planned ones. */
const stepsPerRound = 1_000;

const total = Object.values(moves).reduce((sum, { weight }) => sum + weight, 0);

function drawMove(random: Random): string {
  let left = (random.below(1_000_000) / 1_000_000) * total;
  for (const [name, { weight }] of Object.entries(moves)) {
    left -= weight;
    if (left <= 0) return name;
  }
  throw new Error("No move was drawn.");
}

let world: ModelWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.sql.end());

async function randomStep(run: ModelRun, random: Random): Promise<void> {
  const name = drawMove(random);
  // With two projects at most, steps concern the same things often enough.
  if (name === "createProject" && Object.keys(run.state.projects).length >= 2) return;
  const focus = drawFocus(run.state, random);
  const actor = drawActor(world.actors, focus, moves[name]?.part ?? "creator", random);
  await run.step(name, actor, focus, random);
  if (random.chance(0.15)) await run.look(actor, focus, random);
}

test(`${steps} random steps by all actors reach no state that the documents forbid (seed ${seed})`, async () => {
  const random = randomOf(seed);
  const run = await ModelRun.start(world, seed);
  let rounds = 0;
  for (let step = 0; step < steps; step += 1) {
    if (step % stepsPerRound === 0) {
      await takeRound(run, rounds, random);
      rounds += 1;
    }
    await randomStep(run, random);
  }

  const summary = Object.keys(moves).map(
    (name) => `${name} ${run.succeeded.get(name) ?? 0}/${run.tried.get(name) ?? 0}`,
  );
  console.log(`Seed ${seed}, moves that succeeded and were tried: ${summary.join(", ")}`);
  for (const name of Object.keys(moves)) {
    expect(run.tried.get(name), `${name} was tried in each round`).toBeGreaterThanOrEqual(rounds);
  }
  for (const name of scheduled) {
    expect(run.succeeded.get(name), `${name} succeeded in each round`).toBeGreaterThanOrEqual(
      rounds,
    );
  }
}, 3_600_000);
