import { randomBytes, randomInt } from "node:crypto";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test.`);
  return value;
};

export const apiUrl = required("API_URL");
export const publishableKey = required("PUBLISHABLE_KEY");
export const rest = `${apiUrl}/functions/v1/api`;
export const password = "Correct-horse-7!";

/** A client address of its own, so that limits per address never join two tests. */
export const someAddress = (): string => `198.18.${randomInt(256)}.${randomInt(1, 255)}`;

export const someEmail = (): string => `test-${randomBytes(8).toString("hex")}@example.com`;

export function anonymousClient(): SupabaseClient {
  return createClient(apiUrl, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers: { "X-Forwarded-For": someAddress() } },
  });
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly client: SupabaseClient;
}

/** Somebody new, signed in with plain supabase-js. */
export async function signUp(userType: "creator" | "talent", name = "Somebody"): Promise<Person> {
  const client = anonymousClient();
  const email = someEmail();
  const { data, error } = await client.auth.signUp({
    email,
    password,
    options: { data: { name, userType } },
  });
  if (error !== null || data.user === null) throw error ?? new Error("Sign-up gave no user.");
  return { id: data.user.id, email, client };
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
