import { randomInt, randomUUID } from "node:crypto";
import type { ScratchStack } from "../../scripts/scratch-stack.ts";
import {
  type ClientOptions,
  createClient,
  type OnSwift,
  type UserType,
} from "../../sdk/src/index.ts";

export interface Person {
  readonly id: string;
  readonly onswift: OnSwift;
}

export const optionsFor = ({ about }: ScratchStack): ClientOptions => ({
  url: about.API_URL,
  key: about.PUBLISHABLE_KEY,
  persistSession: false,
  headers: { "X-Forwarded-For": `198.18.${randomInt(256)}.${randomInt(1, 255)}` },
});

export const account = (userType: UserType) => ({
  email: `test-${randomUUID()}@example.com`,
  password: "Correct-horse-7!",
  name: `A ${userType}`,
  userType,
});

/** Somebody new on a stack of one's own. */
export async function personOn(stack: ScratchStack, userType: UserType): Promise<Person> {
  const onswift = createClient(optionsFor(stack));
  const { user } = await onswift.auth.signUp(account(userType)).orThrow();
  return { id: user.id, onswift };
}
