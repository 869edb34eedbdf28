/**
 * Every operation that reads, in the database: against a page of documents by primary key, and as a heavy user against
 * an ordinary one who asks for as many rows.
 */
import type postgres from "postgres";
import { creator, heavyCreator, type Person, people, talent } from "../../test/plans/people.ts";
import { type Figure, figureOf, type Samples } from "../support/report.ts";
import {
  prepareTurns,
  ratiosOf,
  type Timed,
  type Turn,
  timesOf,
  turnsOf,
} from "../support/turns.ts";
import { type Call, callsOf } from "./calls.ts";

const part = "api";
const isOrdinary = (person: Person): boolean => person === creator || person === talent;

/** Their answer is as large as the period is busy, up to a thousand items of each kind: no page. */
const periods = ["get_analytics", "get_calendar"];

interface Measure {
  readonly name: string;
  readonly goal: number | undefined;
  readonly own: Timed;
  readonly floor: Timed;
  readonly turns: Turn[];
}

const measure = (name: string, goal: number | undefined, own: Timed, floor: Timed): Measure => ({
  name,
  goal,
  own,
  floor,
  turns: [],
});

const select = (person: Person, text: string): Timed => ({ person, text: `select ${text}` });

function againstPage(person: Person, call: Call): Measure {
  const goal = periods.includes(call.operation) ? undefined : isOrdinary(person) ? 2.5 : 2;
  return measure(`${call.label}, ${person.name}`, goal, select(person, call.text), call.floor);
}

/** Of the same call, with as many rows as both have. */
function againstOrdinary(person: Person, call: Call, peers: readonly Call[]): Measure | undefined {
  const peer = peers.find(({ label }) => label === call.label);
  if (peer === undefined || periods.includes(call.operation)) return undefined;
  const limited = (text: string) => {
    // A call that has a limit of its own asks for the same in both.
    if (call.rows === undefined || peer.rows === undefined || text.includes('"limit"')) return text;
    const limit = `"limit" => '${Math.min(call.rows, peer.rows)}'`;
    return text.replace(/\(?\)$/, (end) => (end === "()" ? `(${limit})` : `, ${limit})`));
  };
  if (call.rows === 0 || peer.rows === 0) return undefined;
  const ordinary = person === heavyCreator ? creator : talent;
  const name = `${call.label}, ${person.name} / ordinary`;
  return measure(
    name,
    1.3,
    select(person, limited(call.text)),
    select(ordinary, limited(peer.text)),
  );
}

export async function measureApi(
  sql: postgres.Sql,
  { rounds, samples }: Samples,
  only?: string,
): Promise<Figure[]> {
  const calls = new Map<Person, readonly Call[]>();
  for (const person of people) calls.set(person, await callsOf(sql, person, only));
  const measures: Measure[] = [];
  for (const [person, own] of calls) {
    for (const call of own) {
      measures.push(againstPage(person, call));
      if (isOrdinary(person)) continue;
      const peers = calls.get(person === heavyCreator ? creator : talent) ?? [];
      const compared = againstOrdinary(person, call, peers);
      if (compared !== undefined) measures.push(compared);
    }
  }
  const held = await sql.reserve();
  await prepareTurns(held);
  for (let round = 0; round < rounds; round += 1) {
    for (const { own, floor, turns } of measures) {
      turns.push(...(await turnsOf(held, own, floor, samples)));
    }
  }
  held.release();
  return measures.map(({ name, goal, turns }) =>
    figureOf(
      { part, name, unit: "×", ...(goal === undefined ? {} : { goal }) },
      ratiosOf(turns),
      timesOf(turns),
    ),
  );
}
