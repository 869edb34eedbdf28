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

/** A row that was written, changed or deleted, in the order of commits. */
export interface Change {
  readonly type: "INSERT" | "UPDATE" | "DELETE";
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  readonly record: Readonly<Record<string, unknown>>;
  readonly old: Readonly<Record<string, unknown>>;
}

/** Follows a publication from now on. `onLost` is called once, when something may have been missed. */
export interface Feed {
  stop(): Promise<void>;
}

type Handler = (
  row: Record<string, unknown> | null,
  about: {
    command: "insert" | "update" | "delete";
    relation: {
      schema: string;
      table: string;
      columns: { name: string; type: number }[];
    };
    old?: Record<string, unknown> | null;
  },
) => void;

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
 * What `realtime.send` and triggers wrote, to the sockets, after the commit and in its order. Only what is
 * written while this runs: a client that was away asks for a replay, or looks itself.
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
        // One that no frame has room for must not keep the others from being sent.
        log.warn({ id: message.id, message: (error as Error).message }, "A message was not sent");
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
