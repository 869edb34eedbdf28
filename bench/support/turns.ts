/** Times two statements in turns, in the database, each in a transaction of its own. */
import type postgres from "postgres";
import type { Person } from "../../test/plans/people.ts";

export interface Turn {
  readonly own: number;
  readonly floor: number;
}

/** Run as the person, under policies; or, as a floor, by the owner of the tables with the person's claims. */
export interface Timed {
  readonly person: Person;
  readonly text: string;
  readonly isOwners?: boolean;
}

/** Makes the procedure that times. What a statement returns is read to its end, and dropped. */
export async function prepareTurns(sql: postgres.ReservedSql): Promise<void> {
  await sql`create temp table if not exists turns (own double precision, floor double precision)`;
  await sql`
    create or replace procedure pg_temp.take_turns(p_own text[], p_floor text[], p_samples integer)
      language plpgsql
    as $$
    declare
      v_began timestamptz;
      v_own double precision;
    begin
      -- The first two are to warm up.
      for v_sample in -1..p_samples loop
        perform set_config('request.jwt.claims', p_own[1], false), set_config('role', p_own[2], false);
        v_began := clock_timestamp();
        execute p_own[3];
        v_own := extract(epoch from clock_timestamp() - v_began) * 1000;
        commit;
        perform set_config('request.jwt.claims', p_floor[1], false), set_config('role', p_floor[2], false);
        v_began := clock_timestamp();
        execute p_floor[3];
        v_began := 'epoch'::timestamptz + (clock_timestamp() - v_began);
        reset role;
        if v_sample > 0 then
          insert into turns values (v_own, extract(epoch from v_began) * 1000);
        end if;
        commit;
      end loop;
    end;
    $$`;
}

const forProcedure = ({ person, text, isOwners }: Timed): string[] => [
  JSON.stringify(person.claims),
  isOwners === true ? "none" : "authenticated",
  text,
];

export async function turnsOf(
  sql: postgres.ReservedSql,
  own: Timed,
  floor: Timed,
  samples: number,
): Promise<readonly Turn[]> {
  await sql`call pg_temp.take_turns(${forProcedure(own)}, ${forProcedure(floor)}, ${samples})`;
  return sql<Turn[]>`with taken as (delete from turns returning *) select * from taken`;
}

export const ratiosOf = (turns: readonly Turn[]): number[] =>
  turns.map(({ own, floor }) => own / floor);
export const timesOf = (turns: readonly Turn[]): number[] => turns.map(({ own }) => own);
