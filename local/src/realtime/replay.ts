import type { Sql } from "postgres";
import { encodeBroadcast, type Version } from "./frames.ts";
import { limits } from "./limits.ts";

interface Row {
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
  readonly binary_payload: Buffer | null;
}

/** Loads the newest private messages of a topic since a time, and encodes them, oldest first. */
export async function replay(
  sql: Sql,
  topic: string,
  request: { readonly since: number; readonly limit: number },
  version: Version,
): Promise<(string | Buffer)[]> {
  const since = new Date(request.since).toISOString();
  const rows = await sql<Row[]>`
    select id, event, payload, binary_payload
    from realtime.messages
    where topic = ${topic.replace(/^realtime:/, "")}
      and private is true
      and extension = 'broadcast'
      and event is not null
      and inserted_at >= ${since}::timestamptz at time zone 'utc'
    order by inserted_at desc
    limit ${Math.min(request.limit, limits.replayedMessages)}`;
  return rows
    .reverse()
    .map(({ id, event, payload, binary_payload }) =>
      encodeBroadcast(
        topic,
        { event, payload: binary_payload ?? payload, meta: { replayed: true, id } },
        version,
      ),
    );
}
