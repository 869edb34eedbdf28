import { AuthError } from "./errors.ts";

/**
 * Asks Auth once more when it could not save the account. Of two sign-ups at once with one address, Auth answers
 * the later one with 500: it found the address free, and the database did not. Asked again, it finds the account.
 */
export async function signedUp<Answer>(signUp: () => Promise<Answer>): Promise<Answer> {
  try {
    return await signUp();
  } catch (failure) {
    if (!(failure instanceof AuthError) || failure.status !== 500) throw failure;
    return await signUp().catch((error) => {
      throw isTaken(error) ? error : failure;
    });
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof AuthError && ["user_already_exists", "email_exists"].includes(error.code);
