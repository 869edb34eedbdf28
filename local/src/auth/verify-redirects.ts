import type { TokenResponse } from "./access-token.ts";
import type { AuthError } from "./errors.ts";

/** Adds tokens to the fragment, which browsers do not send to servers. */
export function withTokens(redirectTo: string, tokens: TokenResponse, type: string): string {
  return withFragment(redirectTo, {
    access_token: tokens.access_token,
    expires_at: String(tokens.expires_at),
    expires_in: String(tokens.expires_in),
    refresh_token: tokens.refresh_token,
    token_type: tokens.token_type,
    type,
  });
}

/** Adds a PKCE code to the query. */
export const withCode = (redirectTo: string, code: string): string =>
  withQuery(redirectTo, { code });

export function withMessage(redirectTo: string, message: string, usesPkce: boolean): string {
  return withResult(redirectTo, { message }, usesPkce);
}

const errorNames: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "unauthorized_client",
  403: "access_denied",
  500: "server_error",
  503: "temporarily_unavailable",
};

/** Adds an error in the format of OAuth redirects. */
export function withError(redirectTo: string, error: AuthError, usesPkce: boolean): string {
  const name = errorNames[error.status];
  const values = {
    ...(name === undefined ? {} : { error: name }),
    error_code: error.code,
    error_description: error.message,
  };
  return withResult(redirectTo, values, usesPkce);
}

type Values = Readonly<Record<string, string>>;

/** Apps that use PKCE read the query, other apps the fragment. */
const withResult = (redirectTo: string, values: Values, usesPkce: boolean): string =>
  withFragment(usesPkce ? withQuery(redirectTo, values) : redirectTo, values);

function withQuery(redirectTo: string, values: Values): string {
  const url = new URL(redirectTo);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
}

function withFragment(redirectTo: string, values: Values): string {
  const url = new URL(redirectTo);
  url.hash = String(new URLSearchParams(values));
  return url.href;
}
