/** Reads environment variables: those that Supabase sets for every function, and those of this project. */

export type Environment = (name: string) => string | undefined;

export const fromDeno: Environment = (name) => Deno.env.get(name);

export function required(env: Environment, name: string): string {
  const value = env(name);
  if (value === undefined || value === "") throw new Error(`${name} is not set.`);
  return value;
}

/** The keys in `SUPABASE_PUBLISHABLE_KEYS` or `SUPABASE_SECRET_KEYS`, and the legacy key that they replace. */
export function apiKeys(env: Environment, kind: "publishable" | "secret"): readonly string[] {
  const map = kind === "publishable" ? "SUPABASE_PUBLISHABLE_KEYS" : "SUPABASE_SECRET_KEYS";
  const legacy = kind === "publishable" ? "SUPABASE_ANON_KEY" : "SUPABASE_SERVICE_ROLE_KEY";
  const { default: standard, ...others } = JSON.parse(env(map) || "{}") as Record<string, string>;
  return [standard, ...Object.values(others), env(legacy)].filter(
    (key): key is string => typeof key === "string" && key !== "",
  );
}
