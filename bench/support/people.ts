import { apiUrl, publishableKey } from "../../test/world/stack.ts";
import { personAt, type SdkPerson } from "../../test/world/through-sdk.ts";

export type Person = SdkPerson;

/** A creator and a talent who have a conversation. */
export interface Pair {
  readonly creator: Person;
  readonly talent: Person;
  readonly conversationId: string;
}

const target = { url: apiUrl, key: publishableKey };

async function pair(): Promise<Pair> {
  const [creator, talent] = await Promise.all([
    personAt(target, "creator"),
    personAt(target, "talent"),
  ]);
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  return { creator, talent, conversationId: id };
}

/** Signs up `count` pairs, four at a time. */
export async function pairs(count: number): Promise<readonly Pair[]> {
  const made: Pair[] = [];
  while (made.length < count) {
    const batch = Math.min(4, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: batch }, pair))));
  }
  return made;
}
