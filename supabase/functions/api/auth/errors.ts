import { ApiError, internalError, unavailable, validationError } from "../http/errors.ts";

/** An error response of Auth. Each operation decides what it means to its caller. */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter: number | undefined) {
    super(message);
    this.name = "AuthError";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export async function authErrorOf(response: Response): Promise<Error> {
  if ([502, 503, 504].includes(response.status)) return unavailable(`Auth: ${response.status}`);
  const retryAfter = Number(response.headers.get("retry-after")) || undefined;
  const { code, message } = parse(await response.text());
  return new AuthError(response.status, code, message, retryAfter);
}

/** Both forms of Auth's errors: `{code, message}` and the older `{error_code, msg}`. */
function parse(text: string): { code: string; message: string } {
  try {
    const { code, error_code, message, msg } = JSON.parse(text);
    return { code: String(error_code ?? code ?? ""), message: String(message ?? msg ?? "") };
  } catch {
    return { code: "", message: "" };
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
    return new ApiError("RATE_LIMITED", "Too many attempts. Try again later.", {
      retryAfter: retryAfter ?? 60,
      cause: error,
    });
  }
  if (status === 409) {
    return new ApiError("CONFLICT", "Another request was processed at the same time. Try again.", {
      cause: error,
    });
  }
  const any = map["*"];
  if (status < 500 && any !== undefined) return any(error);
  return internalError(error);
}

export const invalidField = (field: string, message: string) =>
  validationError([{ field, message }]);

/** For a password that fulfils the rules and is still refused by Auth. */
export const leakedPassword = (field: string) =>
  new ApiError("WEAK_PASSWORD", "The password is too weak.", {
    details: [{ field, message: "Password must not be known from a data leak." }],
  });
