import { authError } from "./auth-error.ts";
import type { AuthFailure } from "./connection.ts";

interface Answer {
  readonly error: AuthFailure | null;
}

/**
 * Asks the Auth service once more when it could not save the account. Of two sign-ups at once with one address, it
 * answers the later one with 500: it found the address free, and the database did not. Asked again, it finds the
 * account.
 */
export async function signedUp<T extends Answer>(signUp: () => Promise<T>): Promise<T> {
  const first = await signUp();
  if (first.error?.status !== 500) return first;
  const second = await signUp();
  return second.error === null || isTaken(second.error) ? second : first;
}

const isTaken = (error: AuthFailure): boolean => authError(error).code === "EMAIL_EXISTS";
