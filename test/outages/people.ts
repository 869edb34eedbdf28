import type { ScratchStack } from "../../scripts/scratch-stack.ts";
import type { UserType } from "../world/people.ts";
import { personAt, type SdkPerson, type Target } from "../world/through-sdk.ts";

export type Person = SdkPerson;

/** Where a stack of a test's own is reached. */
export const targetOf = ({ about }: ScratchStack): Target => ({
  url: about.API_URL,
  key: about.PUBLISHABLE_KEY,
});

/** A new user of a stack of a test's own. */
export const personOn = (stack: ScratchStack, userType: UserType): Promise<Person> =>
  personAt(targetOf(stack), userType);
