import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import postgres from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";
import { ByteStore } from "./byte-store.ts";
import type { Storage } from "./context.ts";
import { Identities } from "./identity.ts";
import { UploadStore } from "./resumable/store.ts";
import { UrlSigner } from "./signing.ts";
import { configuredSize } from "./sizes.ts";

/** Milliseconds until an unfinished resumable upload expires. */
const uploadLifetime = 3_600_000;

/** Creates the dependencies of the routes. */
export async function createStorage(settings: Settings, log: Logger): Promise<Storage> {
  const sql = postgres(databaseUrl(settings, "supabase_storage_admin"), {
    max: 10,
    idle_timeout: 60,
    connect_timeout: 5,
    // A killed database restarts within about a second, so the reconnect delay is at most that.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: "storage", search_path: "storage, public, extensions" },
  });
  const bytes = new ByteStore(join(settings.dataDir, "storage"));
  await bytes.prepare();
  const uploads = join(settings.dataDir, "storage", "uploads");
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  return {
    sql,
    settings,
    log,
    bytes,
    uploads: new UploadStore(uploads, uploadLifetime),
    identities: await Identities.create(settings),
    signer: new UrlSigner(settings.keys.jwtSecret),
    sizeLimit: configuredSize(settings.config.storage.file_size_limit),
  };
}
