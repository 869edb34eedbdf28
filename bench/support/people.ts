import { randomInt, randomUUID } from "node:crypto";
import { createClient, type OnSwift, type UserType } from "../../sdk/src/index.ts";

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this with npm run bench.`);
  return value;
};

export const apiUrl = setting("API_URL");
export const publishableKey = setting("PUBLISHABLE_KEY");
export const databaseUrl = setting("DB_URL");

export interface Person {
  readonly id: string;
  readonly token: string;
  readonly onswift: OnSwift;
}

/** A creator and a talent, signed up through the SDK, who have a conversation. */
export interface Pair {
  readonly creator: Person;
  readonly talent: Person;
  readonly conversationId: string;
}

async function person(userType: UserType): Promise<Person> {
  const onswift = createClient({
    url: apiUrl,
    key: publishableKey,
    persistSession: false,
    // An address each, as people have, or the limit of sign-ups would hold.
    headers: { "X-Forwarded-For": `198.18.${randomInt(256)}.${randomInt(1, 255)}` },
  });
  const account = { email: `bench-${randomUUID()}@example.com`, password: "Correct-horse-7!" };
  const { user, accessToken } = await onswift.auth
    .signUp({ ...account, name: `A ${userType}`, userType })
    .orThrow();
  return { id: user.id, token: accessToken, onswift };
}

async function pair(): Promise<Pair> {
  const [creator, talent] = await Promise.all([person("creator"), person("talent")]);
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  return { creator, talent, conversationId: id };
}

/** `count` pairs, a few at a time. */
export async function pairs(count: number): Promise<readonly Pair[]> {
  const made: Pair[] = [];
  while (made.length < count) {
    const batch = Math.min(4, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: batch }, pair))));
  }
  return made;
}
