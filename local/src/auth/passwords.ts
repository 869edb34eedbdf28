import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import type { ProjectConfig } from "../config.ts";
import { AuthError, validationFailed } from "./errors.ts";

const cost = 10;
const longest = 72;

export const hashPassword = (password: string): Promise<string> => hash(password, { cost });

/** A hash that another system made, as an admin may bring it along. */
export const isBcrypt = (text: string): boolean =>
  /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);

/** Takes as long for an account that does not exist, so that time tells nobody which ones do. */
export async function passwordMatches(
  password: string,
  stored: string | null | undefined,
): Promise<boolean> {
  const usable = stored && isBcrypt(stored) ? stored : undefined;
  const matches = await verify(password, usable ?? (await decoy));
  return matches && usable !== undefined;
}

const decoy = hash(randomBytes(16).toString("hex"), { cost });

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";
const symbols = "!@#$%^&*()_+-=[]{};':\"|<>?,./`~\\";

/** Sets of signs by the name of the rule; a password has one of each. */
const required: Readonly<Record<string, readonly string[]>> = {
  letters_digits: [lower + upper, digits],
  lower_upper_letters_digits: [lower, upper, digits],
  lower_upper_letters_digits_symbols: [lower, upper, digits, symbols],
};

/** Refuses passwords that the project's rules do not allow. */
export function checkPassword(password: string, config: ProjectConfig["auth"]): void {
  if (Buffer.byteLength(password) > longest) {
    throw validationFailed(`Password cannot be longer than ${longest} characters`);
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
  const sets = required[rule] ?? [];
  const isShort = Buffer.byteLength(password) < minimum;
  const isPlain = !sets.every((set) => [...password].some((sign) => set.includes(sign)));
  if (!isShort && !isPlain) return undefined;
  return {
    message: [
      ...(isShort ? [`Password should be at least ${minimum} characters.`] : []),
      ...(isPlain
        ? [`Password should contain at least one character of each: ${sets.join(", ")}.`]
        : []),
    ].join(" "),
    reasons: [
      ...(isShort ? (["length"] as const) : []),
      ...(isPlain ? (["characters"] as const) : []),
    ],
  };
}
