/** Messages and task status with eight writers, each against the bare write of the same row. */
import type postgres from "postgres";
import type { Measured } from "./ratios.ts";
import { type Work, withWriters, writerCount, writesPerSecond } from "./writers.ts";

export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

interface Talk {
  readonly id: string;
  readonly creator: string;
  readonly talent: string;
}

interface Task {
  readonly id: string;
  readonly project: string;
  readonly creator: string;
}

/** The claims of a person of the marketplace as `$1`, read before the rest of the statement runs. */
const asCaller = "set_config('request.jwt.claims', $1, false)";

const claimsOf = (id: string, session: string): string =>
  JSON.stringify({ sub: id, session_id: session, role: "authenticated" });

const content = "Thank you, the second version is much better. I have two small remarks.";

/** Conversations in which both may write, without the very long one, and those of the heaviest talent. */
async function talksOf(sql: postgres.Sql): Promise<readonly Talk[]> {
  return sql<Talk[]>`
    select c.id, c.creator_id as creator, c.talent_id as talent
    from public.conversations as c
    where not private.is_blocked(c.creator_id, c.talent_id)
      and c.id <> md5('conversation 504')::uuid
      and c.talent_id <> md5('talent 0')::uuid
      and exists (select from auth.sessions as s where s.user_id = c.creator_id)
      and exists (select from auth.sessions as s where s.user_id = c.talent_id)
    order by c.id`;
}

async function sessionsOf(sql: postgres.Sql): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ user: string; session: string }[]>`
    select user_id as user, id as session from auth.sessions`;
  return new Map(rows.map(({ user, session }) => [user, session]));
}

/**
 * Makes messages older than the minute that the limit looks at, without changing their order. With the limit
 * raised a thousand times, each message of two people would read thousands of earlier ones, not ten.
 */
async function backDate(sql: postgres.Sql, talks: readonly Talk[]): Promise<void> {
  const ids = talks.map(({ id }) => id);
  await sql.begin(async (tx) => {
    await tx`
      update public.messages set sent_at = sent_at - interval '2 minutes'
      where conversation_id = any (${ids}::uuid[])`;
    await tx`
      update public.conversations set last_message_at = last_message_at - interval '2 minutes'
      where id = any (${ids}::uuid[])`;
  });
}

interface Measure {
  readonly name: string;
  readonly goal: number;
  /** Of each writer, where a statement does not set them itself. */
  readonly claims?: readonly string[];
  readonly bare: Work;
  readonly own: Work;
  /** Runs before each round. */
  readonly prepare?: () => Promise<unknown>;
}

/** Measures own work and its floor in turns: the ratio of times is the floor's rate by the own rate. */
async function inTurns(
  sql: postgres.Sql,
  { rounds, seconds }: Rounds,
  { name, goal, claims, bare, own, prepare }: Measure,
): Promise<Measured> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let seed = 0; seed < rounds; seed += 1) {
    await prepare?.();
    const floor = await withWriters(sql, "postgres", (writers) =>
      writesPerSecond(writers, bare, { seconds, seed }),
    );
    const rate = await withWriters(sql, "authenticated", async (writers) => {
      for (const [at, writer] of writers.entries()) {
        await writer`select set_config('request.jwt.claims', ${claims?.[at] ?? "{}"}, false)`;
      }
      return writesPerSecond(writers, own, { seconds, seed });
    });
    ratios.push(floor / rate);
    times.push(1000 / rate);
  }
  return { name, goal, ratios, times };
}

export async function measureMessages(sql: postgres.Sql, rounds: Rounds): Promise<Measured[]> {
  const talks = await talksOf(sql);
  const sessions = await sessionsOf(sql);
  const hot = talks.slice(0, 1);
  const pick = (from: readonly Talk[], random: Parameters<Work>[0]) => {
    const talk = random.one(from) ?? { id: "", creator: "", talent: "" };
    const sender = random.chance(0.5) ? talk.creator : talk.talent;
    return { talk: talk.id, sender, claims: claimsOf(sender, sessions.get(sender) ?? "") };
  };
  const bare =
    (from: readonly Talk[]): Work =>
    (random) => {
      const { talk, sender } = pick(from, random);
      return {
        text: "insert into public.bench_messages (conversation_id, sender_id, content) values ($1::uuid, $2::uuid, $3)",
        values: [talk, sender, content],
      };
    };
  const send =
    (from: readonly Talk[]): Work =>
    (random) => {
      const { talk, claims } = pick(from, random);
      return {
        text: `select api.send_message($2, $3) from ${asCaller} as caller`,
        values: [claims, talk, content],
      };
    };
  const insert: Work = (random) => {
    const { talk, claims } = pick(talks, random);
    return {
      text: `insert into public.messages (conversation_id, content) select $2::uuid, $3 from ${asCaller} as caller`,
      values: [claims, talk, content],
    };
  };
  return [
    await inTurns(sql, rounds, {
      name: "send_message, 8 writers",
      goal: 1 / 0.45,
      bare: bare(talks),
      own: send(talks),
    }),
    await inTurns(sql, rounds, {
      name: "send_message, one conversation",
      goal: 1 / 0.25,
      bare: bare(hot),
      own: send(hot),
      prepare: () => backDate(sql, hot),
    }),
    await inTurns(sql, rounds, {
      name: "insert into messages, 8 writers",
      goal: 1 / 0.5,
      bare: bare(talks),
      own: insert,
    }),
  ];
}

const statuses = ["planning", "in-progress"];

/** Each writer is one creator, with the open tasks of that creator. */
export async function measureTaskStatus(sql: postgres.Sql, rounds: Rounds): Promise<Measured[]> {
  const tasks = await sql<Task[]>`
    select t.id, t.project_id as project, t.creator_id as creator
    from public.tasks as t
    where t.deleted_at is null
      and not t.in_deleted_project
      and t.status <> 'completed'
      and t.creator_id <> md5('creator 0')::uuid
      and exists (select from auth.sessions as s where s.user_id = t.creator_id)
    order by t.id`;
  const sessions = await sessionsOf(sql);
  const creators = [...new Set(tasks.map(({ creator }) => creator))].slice(0, writerCount);
  const claims = creators.map((id) => claimsOf(id, sessions.get(id) ?? ""));
  const tasksOf = creators.map((id) => tasks.filter(({ creator }) => creator === id));
  const pick = (random: Parameters<Work>[0], writer: number) => {
    const { id, project } = random.one(tasksOf[writer] ?? []) ?? { id: "", project: "" };
    return { id, project, status: random.one(statuses) ?? "" };
  };
  const bare: Work = (random, writer) => {
    const { id, status } = pick(random, writer);
    return {
      text: "update public.bench_tasks set status = $2 where id = $1::uuid",
      values: [id, status],
    };
  };
  return [
    await inTurns(sql, rounds, {
      name: "task status, update of the table",
      goal: 1 / 0.45,
      claims,
      bare,
      own: (random, writer) => {
        const { id, status } = pick(random, writer);
        return {
          text: "update public.tasks set status = $2 where id = $1::uuid",
          values: [id, status],
        };
      },
    }),
    await inTurns(sql, rounds, {
      name: "task status, update_task",
      goal: 1 / 0.45,
      claims,
      bare,
      own: (random, writer) => {
        const { id, project, status } = pick(random, writer);
        return {
          text: "select api.update_task($1, $2, $3::text::jsonb)",
          values: [project, id, JSON.stringify({ status })],
        };
      },
    }),
  ];
}
