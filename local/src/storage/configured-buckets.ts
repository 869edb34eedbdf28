import type { Storage } from "./context.ts";
import { configuredSize } from "./sizes.ts";

/** Creates the buckets of `config.toml` and updates their settings. Runs at each start of the stack. */
export async function ensureConfiguredBuckets({ sql, settings }: Storage): Promise<void> {
  for (const [name, configured] of Object.entries(settings.config.storage.buckets)) {
    const limit = configured.file_size_limit;
    const bucket = {
      id: name,
      name,
      public: configured.public,
      file_size_limit: limit === undefined ? null : configuredSize(limit),
      allowed_mime_types: configured.allowed_mime_types ?? null,
    };
    await sql`
      insert into storage.buckets ${sql(bucket)}
      on conflict (id) do update set
        public = excluded.public,
        file_size_limit = excluded.file_size_limit,
        allowed_mime_types = excluded.allowed_mime_types`;
  }
}
