import type { TokenResponse } from "./access-token.ts";
import type { AuthError } from "./errors.ts";

/** Tokens for an app that reads them from the fragment, which no server sees. */
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

/** A code for an app that can prove it is the one that asked. */
export const withCode = (redirectTo: string, code: string): string =>
  withQuery(redirectTo, { code });

export function withMessage(redirectTo: string, message: string, usesPkce: boolean): string {
  const told = { message };
  return withFragment(usesPkce ? withQuery(redirectTo, told) : redirectTo, told);
}

const names: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "unauthorized_client",
  403: "access_denied",
  500: "server_error",
  503: "temporarily_unavailable",
};

/** Apps of the PKCE flow look into the query, the others into the fragment. */
export function withError(redirectTo: string, error: AuthError, usesPkce: boolean): string {
  const name = names[error.status];
  const told = {
    ...(name === undefined ? {} : { error: name }),
    error_code: error.code,
    error_description: error.message,
  };
  return withFragment(usesPkce ? withQuery(redirectTo, told) : redirectTo, told);
}

type Values = Readonly<Record<string, string>>;

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
