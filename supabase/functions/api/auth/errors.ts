import { ApiError, internalError, unavailable, validationError } from "../http/errors.ts";
import * as authMessages from "./messages.ts";

interface AuthFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter: number | undefined;
  readonly reasons: readonly string[];
}

/** An error response of Auth. Each operation decides what it means to its caller. */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;
  /** Why a password is too weak. */
  readonly reasons: readonly string[];

  constructor({ status, code, message, retryAfter, reasons }: AuthFailure) {
    super(message);
    this.name = "AuthError";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.reasons = reasons;
  }
}

export async function authErrorOf(response: Response): Promise<Error> {
  if ([502, 503, 504].includes(response.status)) return unavailable(`Auth: ${response.status}`);
  const retryAfter = Number(response.headers.get("retry-after")) || undefined;
  const { status } = response;
  return new AuthError({ status, retryAfter, ...parse(await response.text()) });
}

/** Both forms of Auth's errors: `{code, message}` and the older `{error_code, msg}`. */
function parse(text: string): Pick<AuthFailure, "code" | "message" | "reasons"> {
  try {
    const { code, error_code, message, msg, weak_password } = JSON.parse(text);
    return {
      code: String(error_code ?? code ?? ""),
      message: String(message ?? msg ?? ""),
      reasons: weak_password?.reasons ?? [],
    };
  } catch {
    return { code: "", message: "", reasons: [] };
  }
}

/** What an error of Auth means, by Auth's code; `*` stands for any other 4xx. */
type ErrorMap = Readonly<Record<string, (error: AuthError) => ApiError>>;

/** Awaits a call of Auth and converts its errors. Auth's own sentences are never sent. */
export async function mapAuthErrors<T>(call: Promise<T>, map: ErrorMap = {}): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof AuthError ? convert(error, map) : error;
  }
}

function convert(error: AuthError, map: ErrorMap): ApiError {
  const { status, code, retryAfter } = error;
  const specific = map[code];
  if (specific !== undefined) return specific(error);
  if (status === 429) {
    return new ApiError("RATE_LIMITED", authMessages.tooManyAttempts, {
      retryAfter: retryAfter ?? 60,
      cause: error,
    });
  }
  if (status === 409) {
    return new ApiError("CONFLICT", authMessages.concurrentRequest, { cause: error });
  }
  const any = map["*"];
  if (status < 500 && any !== undefined) return any(error);
  return internalError(error);
}

export const invalidField = (field: string, message: string) =>
  validationError([{ field, message }]);

/** For a password that meets our rules and is still refused by Auth. */
export const weakPassword = ({ reasons }: AuthError) =>
  new ApiError("WEAK_PASSWORD", authMessages.weakPassword, {
    details: [{ field: "password", message: authMessages.weaknessOf(reasons) }],
  });
