import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import type { ProjectConfig } from "../config.ts";
import { AuthError, validationFailed } from "./errors.ts";

const cost = 10;

export const hashPassword = (password: string): Promise<string> => hash(password, { cost });

/** Takes as long for an account that does not exist, so that time tells nobody which ones do. */
export async function passwordMatches(
  password: string,
  stored: string | null | undefined,
): Promise<boolean> {
  const matches = await verify(password, stored || (await decoy));
  return matches && Boolean(stored);
}

const decoy = hash(randomBytes(16).toString("hex"), { cost });

const classes: Readonly<Record<string, readonly RegExp[]>> = {
  letters_digits: [/[a-zA-Z]/, /[0-9]/],
  lower_upper_letters_digits: [/[a-z]/, /[A-Z]/, /[0-9]/],
  lower_upper_letters_digits_symbols: [
    /[a-z]/,
    /[A-Z]/,
    /[0-9]/,
    /[!@#$%^&*()_+\-=[\]{};':"|<>?,./`~\\]/,
  ],
};

const wording: Readonly<Record<string, string>> = {
  letters_digits: "letters and digits",
  lower_upper_letters_digits: "lower and upper case letters and digits",
  lower_upper_letters_digits_symbols: "lower and upper case letters, digits and symbols",
};

/** Refuses passwords that the project's rules do not allow. */
export function checkPassword(password: string, config: ProjectConfig["auth"]): void {
  if (Buffer.byteLength(password) > 72) {
    throw validationFailed("Password cannot be longer than 72 characters");
  }
  const reasons: string[] = [];
  const sentences: string[] = [];
  if (password.length < config.minimum_password_length) {
    reasons.push("length");
    sentences.push(`Password should be at least ${config.minimum_password_length} characters.`);
  }
  const required = classes[config.password_requirements] ?? [];
  if (!required.every((pattern) => pattern.test(password))) {
    reasons.push("characters");
    sentences.push(`Password should contain ${wording[config.password_requirements]}.`);
  }
  if (reasons.length > 0) {
    throw new AuthError(422, "weak_password", sentences.join(" "), { weak_password: { reasons } });
  }
}
