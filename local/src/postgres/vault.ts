import type { Settings } from "../settings.ts";
import { withConnection } from "./connect.ts";

/** Creates or updates the vault secrets of `[db.vault]` in config.toml. */
export async function applyVault(settings: Settings): Promise<void> {
  const secrets = Object.entries(settings.config.db.vault).filter(([, secret]) => secret !== "");
  if (secrets.length === 0) return;
  await withConnection(settings, "supabase_admin", async (sql) => {
    const rows = await sql<{ id: string; name: string; decrypted_secret: string }[]>`
      select id, name, decrypted_secret from vault.decrypted_secrets where name is not null`;
    for (const [name, secret] of secrets) {
      const stored = rows.find((row) => row.name === name);
      if (stored === undefined) await sql`select vault.create_secret(${secret}, ${name})`;
      else if (stored.decrypted_secret !== secret) {
        await sql`select vault.update_secret(${stored.id}, ${secret})`;
      }
    }
  });
}
