import { type ClientOptions, createClient, type OnSwift } from "../../sdk/src/index.ts";
import { type Account, anAccount, someAddress, type UserType } from "./people.ts";
import type { Entrance } from "./world.ts";

/** The address of a stack, and its publishable key. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

export interface SdkPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly onswift: OnSwift;
  /** The access token that the sign-up returned. */
  readonly token: string;
}

/** Options of a client with an address of its own and no stored session. */
export const optionsFor = ({ url, key }: Target): ClientOptions => ({
  url,
  key,
  persistSession: false,
  headers: { "X-Forwarded-For": someAddress() },
});

/** Signs up an account with a client of its own. */
export async function signUpAt(target: Target, account: Account): Promise<SdkPerson> {
  const onswift = createClient(optionsFor(target));
  const { user, accessToken } = await onswift.auth.signUp(account).orThrow();
  return { id: user.id, email: account.email, name: account.name, onswift, token: accessToken };
}

/** A new user of a stack. */
export const personAt = (target: Target, userType: UserType, name?: string): Promise<SdkPerson> =>
  signUpAt(target, anAccount(userType, name));

export const sdkEntrance = (target: Target): Entrance<SdkPerson> => ({
  signUp: (account) => signUpAt(target, account),
  createProject: ({ onswift }, fields) => onswift.projects.create(fields).orThrow(),
  addMember: ({ onswift }, projectId, userId) =>
    onswift.team.add(projectId, { userId, role: "Editor" }).orThrow(),
  createTask: ({ onswift }, projectId, fields) => onswift.tasks.create(projectId, fields).orThrow(),
});
