import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SignJWT } from "jose";
import { z } from "zod";

const keysSchema = z.object({
  /** HS256 secret that Auth signs with and every other part verifies with. */
  jwtSecret: z.string().min(32),
  publishableKey: z.string().startsWith("sb_publishable_"),
  secretKey: z.string().startsWith("sb_secret_"),
  /** The JWTs behind the two keys: roles `anon` and `service_role`. */
  anonJwt: z.string(),
  serviceRoleJwt: z.string(),
  /** Password of the database's login roles. */
  databasePassword: z.string().min(16),
});

/**
 * The secrets of one data folder. Created at the first start and kept by `--reset`, so that an app's `.env` stays
 * valid. None is a well-known value, because every web page can reach loopback.
 */
export type Keys = z.infer<typeof keysSchema>;

export async function loadKeys(dataDir: string): Promise<Keys> {
  const file = join(dataDir, "keys.json");
  const stored = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new Error(
      `${file} cannot be read (${error.code}). It belongs to another user: start as that user, or use another --data-dir.`,
    );
  });
  if (stored !== undefined) return parse(stored, file);

  const keys = await makeKeys();
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
  return keys;
}

function parse(text: string, file: string): Keys {
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `${file} is damaged. Restore it from a copy, or delete it and start with --reset: the database accepts only the password in it.`,
    );
  }
}

async function makeKeys(): Promise<Keys> {
  const jwtSecret = random(32);
  return {
    jwtSecret,
    publishableKey: `sb_publishable_${random(22)}`,
    secretKey: `sb_secret_${random(22)}`,
    anonJwt: await roleToken("anon", jwtSecret),
    serviceRoleJwt: await roleToken("service_role", jwtSecret),
    databasePassword: random(18),
  };
}

const random = (bytes: number) => randomBytes(bytes).toString("base64url");

async function roleToken(role: "anon" | "service_role", secret: string): Promise<string> {
  return new SignJWT({ role })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("supabase")
    .setIssuedAt()
    .setExpirationTime("10y")
    .sign(new TextEncoder().encode(secret));
}
