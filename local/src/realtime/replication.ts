import type { Logger } from "pino";
import postgres from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";
import type { Hub } from "./hub.ts";

interface MessageRow {
  readonly id: string;
  readonly topic: string;
  readonly event: string | null;
  readonly private: boolean | null;
  readonly extension: string;
  readonly payload: unknown;
  readonly binary_payload: Buffer | null;
}

/** An inserted, updated or deleted row. */
export interface Change {
  readonly type: "INSERT" | "UPDATE" | "DELETE";
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  readonly record: Readonly<Record<string, unknown>>;
  readonly old: Readonly<Record<string, unknown>>;
}

/** A running replication connection. */
export interface Feed {
  stop(): Promise<void>;
}

type Handler = (
  row: Record<string, unknown> | null,
  info: {
    command: "insert" | "update" | "delete";
    relation: {
      schema: string;
      table: string;
      columns: { name: string; type: number }[];
    };
    old?: Record<string, unknown> | null;
  },
) => void;

/**
 * Passes the changes of a publication to `handle`, from now on and in the order of commits. Calls `onLost`
 * when the connection broke, so changes may be missing.
 */
async function follow(
  settings: Settings,
  publication: string,
  handle: Handler,
  onLost: () => void,
): Promise<Feed> {
  const sql = postgres(databaseUrl(settings, "supabase_admin"), {
    publications: publication,
    onnotice: () => undefined,
    connection: { application_name: `realtime, ${publication}` },
  });
  let connections = 0;
  await sql.subscribe(
    "*",
    handle as never,
    () => {
      connections += 1;
      if (connections > 1) onLost();
    },
    () => onLost(),
  );
  return { stop: () => sql.end({ timeout: 1 }) };
}

/**
 * Broadcasts the rows of `realtime.messages` to the sockets, after their commit and in its order. Rows written
 * while this does not run are not sent: clients use replay or read the tables to catch up.
 */
export const followMessages = (
  settings: Settings,
  hub: Hub,
  log: Logger,
  onLost: () => void,
): Promise<Feed> =>
  follow(
    settings,
    "supabase_realtime_messages_publication",
    (row, { command }) => {
      const message = row as unknown as MessageRow;
      const payload = message?.binary_payload ?? message?.payload ?? null;
      if (command !== "insert" || message.event === null || payload === null) return;
      try {
        hub.broadcast(
          { name: message.topic, isPrivate: message.private === true },
          { event: message.event, payload, meta: { id: message.id } },
        );
      } catch (error) {
        // A message that is too long for a frame must not stop the messages after it.
        log.warn({ id: message.id, message: (error as Error).message }, "sending a message failed");
      }
    },
    onLost,
  );

export const followChanges = (
  settings: Settings,
  onChange: (change: Change) => void,
  onLost: () => void,
): Promise<Feed> =>
  follow(
    settings,
    "supabase_realtime",
    (row, { command, relation, old }) => {
      const type = command.toUpperCase() as Change["type"];
      const { schema, table, columns } = relation;
      const isDelete = type === "DELETE";
      const record = isDelete ? {} : (row ?? {});
      onChange({ type, schema, table, columns, record, old: (isDelete ? row : old) ?? {} });
    },
    onLost,
  );
