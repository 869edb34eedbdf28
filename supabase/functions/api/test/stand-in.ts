import { SignJWT } from "jose";
import { type App, createApp, type Dependencies } from "../app.ts";
import { keyFinder } from "../caller/keys.ts";
import { type CountRequest, requestCounter } from "../caller/limits.ts";
import { tokenVerifier } from "../caller/token.ts";
import type { DatabaseApi } from "../database/client.ts";
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
  readonly args: object;
  /** The query or body that was passed on for the database to judge. */
  readonly input?: object;
  readonly role: string | undefined;
  readonly readOnly: boolean;
  /** The idempotency key of the call. */
  readonly key?: string;
}

/** A response, an error to throw, or a function that returns one of them for the arguments. */
type Answer = unknown | Error | ((args: Record<string, unknown>) => unknown);

/** The REST API with all its services replaced. Keeps its calls of the database and its log. */
export function standIn(
  answers: Readonly<Record<string, Answer>> = {},
  overrides: Partial<Omit<Dependencies, "database">> & { count?: CountRequest } = {},
) {
  const calls: Call[] = [];
  const lines: LogLine[] = [];
  const database: DatabaseApi = {
    hasReplica: false,
    call: async ({ claims, readOnly, headers }, { name, args, input }) => {
      const key = headers["idempotency-key"];
      calls.push({
        name,
        args,
        ...(input === undefined ? {} : { input }),
        role: claims?.role,
        readOnly,
        ...(key === undefined ? {} : { key }),
      });
      const given = answers[name];
      const answer = typeof given === "function" ? given(args) : given;
      if (answer instanceof Error) throw answer;
      return JSON.stringify(answer ?? {});
    },
    countRequest: async (_key, limit) => ({
      allowed: true,
      limit,
      remaining: limit - 1,
      resetSeconds: 60,
    }),
    check: async <Input>(name: string, input: object) => {
      const given = answers[name];
      if (given instanceof Error) throw given;
      return { ...input, ...(given as object) } as Input;
    },
    signInWait: async () => null,
    noteSignInFailure: async () => undefined,
    siteUrl: async () => null,
    fileLocations: async () => [],
    unscannedUploads: async () => [],
    rejectUpload: async () => undefined,
    ping: async () => undefined,
  };
  const auth = {
    supabaseUrl: "http://auth.test",
    secretKey: "sb_secret_test",
    // A test that calls Auth replaces this.
    fetch: () => Promise.reject(new Error("Auth must not be called.")),
  };
  const storage = {
    supabaseUrl: "http://storage.test",
    publicUrl: "https://files.example",
    publishableKey: "sb_publishable_test",
    secretKey: "sb_secret_test",
    fetch: () => Promise.reject(new Error("Storage must not be called.")),
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
