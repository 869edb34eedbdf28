import type { Storage } from "./context.ts";
import { configuredSize } from "./sizes.ts";

/** Buckets that `config.toml` asks for are there, and as it says, whenever the stack starts. */
export async function ensureConfiguredBuckets({ sql, settings }: Storage): Promise<void> {
  for (const [name, wish] of Object.entries(settings.config.storage.buckets)) {
    const limit = wish.file_size_limit;
    const bucket = {
      id: name,
      name,
      public: wish.public,
      file_size_limit: limit === undefined ? null : configuredSize(limit),
      allowed_mime_types: wish.allowed_mime_types ?? null,
    };
    await sql`
      insert into storage.buckets ${sql(bucket)}
      on conflict (id) do update set
        public = excluded.public,
        file_size_limit = excluded.file_size_limit,
        allowed_mime_types = excluded.allowed_mime_types`;
  }
}
