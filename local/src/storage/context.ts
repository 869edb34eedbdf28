import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import type { Blobs } from "./blobs.ts";
import type { Tokens } from "./tokens.ts";

/** What every route needs. */
export interface Storage {
  readonly settings: Settings;
  readonly sql: Sql;
  readonly blobs: Blobs;
  readonly tokens: Tokens;
  /** Bytes any object may have, whatever its bucket allows. */
  readonly sizeLimit: number;
  readonly log: Logger;
  /** Ends what runs in the background. */
  stop(): void;
}
