import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import type { Authorization } from "./authorization.ts";
import type { Changes } from "./changes.ts";
import type { Hub } from "./hub.ts";
import type { Verify } from "./tokens.ts";

/** The dependencies of sockets and routes. */
export interface Realtime {
  readonly settings: Settings;
  readonly sql: Sql;
  readonly verify: Verify;
  readonly hub: Hub;
  readonly authorization: Authorization;
  readonly changes: Changes;
  readonly log: Logger;
}
