import { AuthClient, type AuthOptions } from "./auth/client.ts";
import { clientAddress } from "./caller/address.ts";
import type { Allowance, CountRequest } from "./caller/limits.ts";
import { bearerOf, type Claims, notAuthenticated, type VerifyToken } from "./caller/token.ts";
import type { DatabaseDoor } from "./database/client.ts";
import { envelop, wantsEnvelope } from "./http/envelope.ts";
import type { ApiError } from "./http/errors.ts";
import { isForm, takeRoom } from "./http/form.ts";
import { type Parts, readInput } from "./http/input.ts";
import { type Operation, reads } from "./operation.ts";
import { withAddresses } from "./storage/addresses.ts";
import { StorageClient, type StorageOptions } from "./storage/client.ts";

/** What handlers and the frame around them reach the outside through. */
export interface Services {
  readonly database: DatabaseDoor;
  readonly auth: AuthOptions;
  readonly storage: StorageOptions;
  readonly verify: VerifyToken;
  readonly count: CountRequest;
  readonly background: (work: Promise<unknown>) => void;
}

/** What becomes known of a request on its way; the frame around it puts it into headers and the log. */
export interface Trace {
  readonly requestId: string;
  route?: string;
  userId?: string;
  allowance?: Allowance;
  error?: ApiError;
}

interface Incoming {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly trace: Trace;
}

/** One request to one operation, from its headers to its answer. Throws what is to be refused. */
export async function serve(
  operation: Operation,
  incoming: Incoming,
  services: Services,
): Promise<Response> {
  const { request, trace } = incoming;
  const address = clientAddress(request.headers);
  const count = async (userId: string | undefined) => {
    trace.allowance = await services.count({ userId, address });
  };
  const claims = await callerOf(operation, request.headers, services.verify).catch(
    async (refusal) => {
      // Whoever tries out tokens is counted like anybody without one.
      await count(undefined);
      throw refusal;
    },
  );
  if (claims !== undefined) trace.userId = claims.sub;

  const counting = operation.unlimited ? Promise.resolve() : count(claims?.sub);
  // A read may run beside its counting, for its answer can still be withheld. A write may not.
  if (!reads(operation)) await counting;
  const answering = answer(operation, incoming, claims, address, services);
  const [counted, answered] = await Promise.allSettled([counting, answering]);
  if (counted.status === "rejected") throw counted.reason;
  if (answered.status === "rejected") throw answered.reason;
  return respond(operation, request.headers, answered.value);
}

function respond({ success }: Operation, asked: Headers, json: string | undefined): Response {
  const { list, or } = success;
  if (json === undefined) return new Response(null, { status: success.status });
  const status = or?.when(json) ? or.status : success.status;
  const headers = { "content-type": "application/json; charset=utf-8" };
  if (!wantsEnvelope(asked)) return new Response(json, { status, headers });
  return new Response(envelop(json, list), {
    status,
    headers: { ...headers, "preference-applied": "envelope" },
  });
}

async function callerOf(
  { access }: Operation,
  headers: Headers,
  verify: VerifyToken,
): Promise<Claims | undefined> {
  const token = bearerOf(headers);
  if (access === "public") return undefined;
  if (access === "anyone") return token ? verify(token).catch(() => undefined) : undefined;
  if (token === undefined) throw notAuthenticated("Send an access token: Authorization: Bearer …");
  return verify(token);
}

async function answer(
  operation: Operation,
  { request, params, trace }: Incoming,
  claims: Claims | undefined,
  address: string,
  services: Services,
): Promise<string | undefined> {
  const { database, background } = services;
  const idempotencyKey = request.headers.get("idempotency-key")?.slice(0, 512);
  const headers = databaseHeaders(request, address, trace.requestId);
  const readOnly = reads(operation);
  const storage = new StorageClient(services.storage);
  const sentForm = operation.form !== undefined && isForm(request.headers);
  const handler = (sentForm ? operation.handleForm : operation.handle) as Operation["handle"];
  const handle = async ({ params, query, body }: Parts, rehearsal: boolean) =>
    handler?.({
      params,
      query,
      body,
      claims,
      bearer: bearerOf(request.headers),
      address,
      auth: new AuthClient(services.auth, address),
      database,
      storage,
      rehearsal,
      idempotencyKey,
      call: (name, args, { as = claims, key = idempotencyKey } = {}) =>
        database.call(
          { headers: withKey(headers, key), readOnly, rehearsal, claims: as },
          name,
          args,
        ),
      withAddresses: (json) => withAddresses(json, { database, storage, background }),
      background,
    });
  const release = sentForm ? await takeRoom(request.headers, operation.form) : undefined;
  try {
    const parts = await readInput(
      operation,
      request,
      params,
      (raw) => handle(raw, true),
      (place) =>
        database.call(
          { headers, readOnly, rehearsal: true, claims },
          operation.roleFirst ?? "",
          place,
        ),
    );
    return await handle(parts, false);
  } finally {
    release?.();
  }
}

/** What the database may know of the request's headers: never the token. */
function databaseHeaders(request: Request, address: string, requestId: string) {
  const pass = (name: string) => {
    const value = request.headers.get(name);
    return value === null ? {} : { [name]: value.slice(0, 512) };
  };
  return {
    "x-forwarded-for": address,
    "x-request-id": requestId,
    ...pass("user-agent"),
  };
}

const withKey = (headers: Readonly<Record<string, string>>, key: string | null | undefined) =>
  typeof key === "string" ? { ...headers, "idempotency-key": key } : headers;
