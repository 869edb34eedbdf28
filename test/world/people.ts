import { randomBytes, randomInt } from "node:crypto";

export type UserType = "creator" | "talent";

export interface Account {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly userType: UserType;
}

export const password = "Correct-horse-7!";

export const someEmail = (): string => `test-${randomBytes(8).toString("hex")}@example.com`;

/** A client address of its own, so that two tests never share a limit per address. */
export const someAddress = (): string =>
  `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

/** What signs up a new user. */
export const anAccount = (userType: UserType, name = "Robin"): Account => ({
  email: someEmail(),
  password,
  name,
  userType,
});

/** The people around one project, by what they are to it. */
export const cast = {
  creator: { userType: "creator", name: "Cleo" },
  otherCreator: { userType: "creator", name: "Olga" },
  assignee: { userType: "talent", name: "Tam" },
  member: { userType: "talent", name: "Mia" },
  removedMember: { userType: "talent", name: "Remo" },
  stranger: { userType: "talent", name: "Otto" },
} as const satisfies Readonly<Record<string, Pick<Account, "userType" | "name">>>;

export type Part = keyof typeof cast;
