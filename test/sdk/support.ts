import { createClient, type OnSwift } from "../../sdk/src/index.ts";
import type { UserType } from "../world/people.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { optionsFor, personAt, type SdkPerson, sdkEntrance } from "../world/through-sdk.ts";
import { buildWorld } from "../world/world.ts";

export const target = { url: apiUrl, key: publishableKey };

export { aProject } from "../world/projects.ts";
export type Person = SdkPerson;

/** Creates a client with its own IP address and without a signed-in user. */
export const visitor = (): OnSwift => createClient(optionsFor(target));

/** Signs up a new user through the SDK. */
export const person = (userType: UserType, name?: string): Promise<Person> =>
  personAt(target, userType, name);

export interface Team {
  readonly creator: Person;
  readonly talent: Person;
  readonly projectId: string;
  readonly taskId: string;
}

/** Creates a creator with a project, and a talent on its team with a task. */
export async function team(): Promise<Team> {
  const { creator, assignee, projectId, taskId } = await buildWorld(sdkEntrance(target));
  return { creator, talent: assignee, projectId, taskId };
}
