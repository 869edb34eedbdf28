import { join } from "node:path";
import type { Logger } from "pino";
import postgres from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";
import { Blobs } from "./blobs.ts";
import type { Storage } from "./context.ts";
import { bytesOf } from "./sizes.ts";
import { sweep } from "./sweep.ts";
import { createTokens } from "./tokens.ts";

const hour = 3_600_000;

export async function createStorage(settings: Settings, log: Logger): Promise<Storage> {
  // The same login as PostgREST's: it may become any role of the API, and none of the platform's.
  const sql = postgres(databaseUrl(settings, "authenticator"), {
    max: 10,
    onnotice: () => undefined,
    connection: { application_name: "storage", statement_timeout: 30_000 },
  });
  const blobs = await Blobs.open(join(settings.dataDir, "storage"));
  const tidy = () =>
    sweep(sql, blobs).then(
      (removed) => removed > 0 && log.info({ removed }, "Files that no object names were removed"),
      (error: Error) => log.warn({ message: error.message }, "The sweep failed"),
    );
  const timer = setInterval(tidy, hour).unref();
  void tidy();
  return {
    settings,
    sql,
    blobs,
    tokens: await createTokens(settings),
    sizeLimit: bytesOf(settings.config.storage.file_size_limit),
    log,
    stop: () => clearInterval(timer),
  };
}
