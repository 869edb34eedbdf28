import { SignJWT } from "jose";
import { type App, createApp, type Dependencies } from "../app.ts";
import { keyFinder } from "../caller/keys.ts";
import { type CountRequest, requestCounter } from "../caller/limits.ts";
import { tokenVerifier } from "../caller/token.ts";
import type { DatabaseDoor } from "../database/client.ts";
import { corsPolicy } from "../http/cors.ts";
import type { LogLine } from "../http/log.ts";

const secret = new TextEncoder().encode("a secret of at least thirty-two characters");
const jwk = {
  kty: "oct",
  k: btoa(String.fromCharCode(...secret)).replace(/=+$/, ""),
  alg: "HS256",
};

export const userId = "7d7f4f2e-1a55-4f4b-9a44-0d2a3f7c9b10";

export const accessToken = (claims: object = {}, expires = "15m") =>
  new SignJWT({ role: "authenticated", ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(userId)
    .setAudience("authenticated")
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(secret);

interface Call {
  readonly name: string;
  readonly args: object | undefined;
  readonly role: string | undefined;
  readonly readOnly: boolean;
  /** The idempotency key that came with it. */
  readonly key?: string;
}

/** An answer, an error to throw, or what makes one of them of the arguments. */
type Answer = unknown | Error | ((args: Record<string, unknown>) => unknown);

/** The surface with everything behind it replaced; what it asked for and logged can be looked at. */
export function standIn(
  answers: Readonly<Record<string, Answer>> = {},
  overrides: Partial<Omit<Dependencies, "database">> & { count?: CountRequest } = {},
) {
  const calls: Call[] = [];
  const lines: LogLine[] = [];
  const database: DatabaseDoor = {
    call: async ({ claims, readOnly, headers }, name, args) => {
      const key = headers["idempotency-key"];
      calls.push({
        name,
        args,
        role: claims?.role,
        readOnly,
        ...(key === undefined ? {} : { key }),
      });
      const given = answers[name];
      const answer = typeof given === "function" ? given(args ?? {}) : given;
      if (answer instanceof Error) throw answer;
      return JSON.stringify(answer ?? {});
    },
    countRequest: async (_key, limit) => ({
      allowed: true,
      remaining: limit - 1,
      resetSeconds: 60,
    }),
    loginWait: async () => null,
    noteLoginFailure: async () => undefined,
    resetWait: async () => null,
    fileLocations: async () => [],
    ping: async () => undefined,
  };
  const auth = {
    supabaseUrl: "http://auth.test",
    publishableKey: "sb_publishable_test",
    // A test that means Auth to be asked brings its own.
    fetch: () => Promise.reject(new Error("Nobody was to ask Auth.")),
  };
  const storage = {
    supabaseUrl: "http://storage.test",
    publicUrl: "https://files.example",
    publishableKey: "sb_publishable_test",
    secretKey: "sb_secret_test",
    fetch: () => Promise.reject(new Error("Nobody was to ask Storage.")),
  };
  const app: App = createApp({
    database,
    auth,
    storage,
    verify: tokenVerifier(keyFinder([jwk], async () => [])),
    count: requestCounter(database),
    background: () => undefined,
    cors: corsPolicy("https://app.example"),
    log: (line) => lines.push(line),
    ...overrides,
  });
  const send = (method: string, path: string, init: RequestInit = {}) =>
    app.fetch(new Request(`http://host.test/api${path}`, { ...init, method }));
  const signedIn = async (method: string, path: string, body?: unknown) =>
    send(method, path, {
      headers: {
        authorization: `Bearer ${await accessToken()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { app, calls, database, lines, send, signedIn };
}
