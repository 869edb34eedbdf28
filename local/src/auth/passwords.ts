import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import type { ProjectConfig } from "../config.ts";
import { AuthError, validationFailed } from "./errors.ts";

const cost = 10;
const maxBytes = 72;

export const hashPassword = (password: string): Promise<string> => hash(password, { cost });

/** Whether the text is a bcrypt hash. Admins can create accounts with hashes from other systems. */
export const isBcrypt = (text: string): boolean =>
  /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);

/**
 * Compares a password with a stored hash. Compares with a dummy hash when there is none, so that the
 * response time does not reveal which accounts exist.
 */
export async function passwordMatches(
  password: string,
  stored: string | null | undefined,
): Promise<boolean> {
  const usable = stored && isBcrypt(stored) ? stored : undefined;
  const matches = await verify(password, usable ?? (await dummyHash));
  return matches && usable !== undefined;
}

const dummyHash = hash(randomBytes(16).toString("hex"), { cost });

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";
const symbols = "!@#$%^&*()_+-=[]{};':\"|<>?,./`~\\";

/** Character sets by `password_requirements` value. A password needs one character of each set. */
const requiredSets: Readonly<Record<string, readonly string[]>> = {
  letters_digits: [lower + upper, digits],
  lower_upper_letters_digits: [lower, upper, digits],
  lower_upper_letters_digits_symbols: [lower, upper, digits, symbols],
};

/** Throws when a password does not meet the project's rules. */
export function checkPassword(password: string, config: ProjectConfig["auth"]): void {
  if (Buffer.byteLength(password) > maxBytes) {
    throw validationFailed(`Password cannot be longer than ${maxBytes} characters`);
  }
  const weakness = weaknessOf(password, config);
  if (weakness === undefined) return;
  const { message, reasons } = weakness;
  throw new AuthError(422, "weak_password", message, { weak_password: { reasons } });
}

export interface Weakness {
  readonly message: string;
  readonly reasons: readonly ("length" | "characters")[];
}

export function weaknessOf(password: string, config: ProjectConfig["auth"]): Weakness | undefined {
  const { minimum_password_length: minimum, password_requirements: rule } = config;
  const sets = requiredSets[rule] ?? [];
  const isShort = Buffer.byteLength(password) < minimum;
  const lacksCharacters = !sets.every((set) =>
    [...password].some((character) => set.includes(character)),
  );
  if (!isShort && !lacksCharacters) return undefined;
  return {
    message: [
      ...(isShort ? [`Password should be at least ${minimum} characters.`] : []),
      ...(lacksCharacters
        ? [`Password should contain at least one character of each: ${sets.join(", ")}.`]
        : []),
    ].join(" "),
    reasons: [
      ...(isShort ? (["length"] as const) : []),
      ...(lacksCharacters ? (["characters"] as const) : []),
    ],
  };
}
