import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";

/**
 * The parts of `supabase/config.toml` that the embedded stack uses. Other keys are ignored: they are the
 * official CLI's, which validates the same file. Defaults are the CLI's own.
 */
const hook = z
  .object({
    enabled: z.boolean().default(false),
    uri: z.string().default(""),
    secrets: z.string().default(""),
  })
  .prefault({});

const template = z.object({ subject: z.string().optional(), content_path: z.string().optional() });

const auth = z
  .object({
    site_url: z.string().default("http://127.0.0.1:3000"),
    additional_redirect_urls: z.array(z.string()).default([]),
    jwt_expiry: z.number().int().positive().max(604_800).default(3600),
    signing_keys_path: z.string().optional(),
    enable_refresh_token_rotation: z.boolean().default(true),
    refresh_token_reuse_interval: z.number().int().nonnegative().default(10),
    enable_signup: z.boolean().default(true),
    enable_anonymous_sign_ins: z.boolean().default(false),
    minimum_password_length: z.number().int().positive().default(6),
    password_requirements: z.string().default(""),
    rate_limit: z
      .object({
        email_sent: z.number().int().default(2),
        token_refresh: z.number().int().default(150),
        sign_in_sign_ups: z.number().int().default(30),
        token_verifications: z.number().int().default(30),
      })
      .prefault({}),
    email: z
      .object({
        /** Whether accounts with an email address can be created and used. */
        enabled: z.boolean().default(true),
        /** The name of `enabled` in older projects. */
        enable_signup: z.boolean().default(true),
        double_confirm_changes: z.boolean().default(true),
        enable_confirmations: z.boolean().default(false),
        secure_password_change: z.boolean().default(false),
        require_current_password: z.boolean().default(false),
        smtp: z.object({ enabled: z.boolean().default(false) }).prefault({}),
        max_frequency: z.string().default("1s"),
        otp_length: z.number().int().min(6).max(10).default(6),
        otp_expiry: z.number().int().positive().default(3600),
        /** By mail kind: `confirmation`, `recovery`, `invite`, `magic_link`, `email_change`, `reauthentication`. */
        template: z.record(z.string(), template).default({}),
      })
      .prefault({}),
    sessions: z
      .object({ timebox: z.string().default("0s"), inactivity_timeout: z.string().default("0s") })
      .prefault({}),
    mfa: z
      .object({
        max_enrolled_factors: z.number().int().nonnegative().default(10),
        totp: z
          .object({
            enroll_enabled: z.boolean().default(false),
            verify_enabled: z.boolean().default(false),
          })
          .prefault({}),
        phone: z.object({ enroll_enabled: z.boolean().default(false) }).prefault({}),
        web_authn: z.object({ enroll_enabled: z.boolean().default(false) }).prefault({}),
      })
      .prefault({}),
    hook: z
      .object({
        custom_access_token: hook,
        before_user_created: hook,
        password_verification_attempt: hook,
        mfa_verification_attempt: hook,
        send_email: hook,
      })
      .prefault({}),
  })
  .prefault({});

const edgeFunction = z.object({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string().optional(),
  import_map: z.string().optional(),
});

const bucket = z.object({
  public: z.boolean().default(false),
  file_size_limit: z.string().optional(),
  allowed_mime_types: z.array(z.string()).optional(),
});

const schema = z.object({
  project_id: z.string().default("project"),
  api: z
    .object({
      port: z.number().int().default(54_321),
      schemas: z.array(z.string()).default(["public", "graphql_public"]),
      extra_search_path: z.array(z.string()).default(["public", "extensions"]),
      max_rows: z.number().int().default(1000),
      /** Not the CLI's default: without it, new objects need a `grant`, as the CLI will have it. */
      auto_expose_new_tables: z.boolean().default(false),
    })
    .prefault({}),
  db: z
    .object({
      port: z.number().int().default(54_322),
      migrations: z.object({ enabled: z.boolean().default(true) }).prefault({}),
      seed: z
        .object({
          enabled: z.boolean().default(true),
          sql_paths: z.array(z.string()).default(["./seed.sql"]),
        })
        .prefault({}),
      /** Secrets to keep in the database's vault, by name. */
      vault: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  local_smtp: z.object({ port: z.number().int().default(54_324) }).prefault({}),
  storage: z
    .object({
      file_size_limit: z.string().default("50MiB"),
      image_transformation: z.object({ enabled: z.boolean().default(false) }).prefault({}),
      buckets: z.record(z.string(), bucket).default({}),
    })
    .prefault({}),
  auth,
  functions: z.record(z.string(), edgeFunction).default({}),
  edge_runtime: z.object({ secrets: z.record(z.string(), z.string()).default({}) }).prefault({}),
});

export type ProjectConfig = z.infer<typeof schema>;

/** Reads and validates the project's configuration; `env(NAME)` values come from `env`. */
export async function loadConfig(
  projectDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ProjectConfig> {
  const file = join(projectDir, "supabase", "config.toml");
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `${file} does not exist. Start in the folder that holds supabase/, or name it with --project.`,
    );
  });
  const result = schema.safeParse(substitute(parse(text), env));
  if (!result.success) {
    throw new Error(`${file} is not valid:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}

const reference = /^env\(([A-Za-z_][A-Za-z0-9_]*)\)$/;

function substitute(value: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === "string") {
    const name = reference.exec(value)?.[1];
    return name === undefined ? value : (env[name] ?? "");
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, env));
  if (value !== null && typeof value === "object" && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, substitute(v, env)]));
  }
  return value;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Returns the milliseconds of a Go duration such as `720h`, `1m30s` or `500ms`. */
export function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.map((part) => part[0]).join("") !== duration) {
    throw new Error(`"${duration}" is not a duration such as 720h or 1m30s.`);
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * (units[part[2] ?? ""] ?? 0), 0);
}
