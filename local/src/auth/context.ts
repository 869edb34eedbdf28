import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import type { Hooks } from "./hooks.ts";
import type { Limits } from "./limits.ts";
import type { Mailer } from "./mailer.ts";
import type { Signer } from "./signer.ts";

/** The dependencies of every route. */
export interface Auth {
  readonly sql: Sql;
  readonly settings: Settings;
  readonly signer: Signer;
  readonly hooks: Hooks;
  readonly mailer: Mailer;
  readonly limits: Limits;
  readonly log: Logger;
}
