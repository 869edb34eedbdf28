import { ApiError, type FieldError, validationError } from "../http/errors.ts";
import { weakPassword } from "../http/validation.ts";
import { AuthRefusal } from "./client.ts";

type Answers = Readonly<Record<string, (refusal: AuthRefusal) => ApiError>>;

/** Awaits a call of Auth; `answers` says what its refusals mean here, by Auth's code (`*` = any 4xx). */
export async function told<T>(work: Promise<T>, answers: Answers = {}): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AuthRefusal ? explain(error, answers) : error;
  }
}

function explain(refusal: AuthRefusal, answers: Answers): ApiError {
  const { status, code, retryAfter } = refusal;
  const specific = answers[code];
  if (specific !== undefined) return specific(refusal);
  if (status === 429) {
    return new ApiError("RATE_LIMITED", "Too many attempts. Try again later.", {
      retryAfter: retryAfter ?? 60,
      cause: refusal,
    });
  }
  if (status === 409) {
    return new ApiError("CONFLICT", "Another request got in between. Try again.", {
      cause: refusal,
    });
  }
  const any = answers["*"];
  if (status < 500 && any !== undefined) return any(refusal);
  return new ApiError("INTERNAL_ERROR", "Something went wrong on our side.", { cause: refusal });
}

export const wrongField = (field: string, message: string) => validationError([{ field, message }]);

export const tooWeak = (field: string) => {
  const details: FieldError[] = [
    { field, message: "Does not meet the password requirements, or is known from a leak" },
  ];
  return weakPassword(details);
};
