import { AuthClient, type AuthOptions } from "./auth/client.ts";
import * as authMessages from "./auth/messages.ts";
import { clientAddress } from "./caller/address.ts";
import type { Allowance, CountRequest } from "./caller/limits.ts";
import { bearerOf, type Claims, notAuthenticated, type VerifyToken } from "./caller/token.ts";
import type { DatabaseApi } from "./database/client.ts";
import { wantsEnvelope, wrapInEnvelope, wrapParts } from "./http/envelope.ts";
import { type ApiError, asApiError } from "./http/errors.ts";
import { isForm, roomFor } from "./http/form.ts";
import { htmlResponse, wantsPage } from "./http/page.ts";
import { type Matched, type Parts, readParts } from "./input.ts";
import { type CallDatabase, type Context, isReadOnly, type Operation } from "./operation.ts";
import { StorageClient, type StorageOptions } from "./storage/client.ts";
import { withFileUrls } from "./storage/file-urls.ts";

/** The services that handlers and the code around them use. */
export interface Services {
  readonly database: DatabaseApi;
  readonly auth: AuthOptions;
  readonly storage: StorageOptions;
  readonly verify: VerifyToken;
  readonly count: CountRequest;
  readonly addressHeader?: string | undefined;
  readonly background: (work: Promise<unknown>) => void;
}

/** What becomes known about a request while it is processed, for the headers and the log. */
export interface Trace {
  readonly requestId: string;
  route?: string;
  userId?: string;
  allowance?: Allowance;
  error?: ApiError;
}

/** One request on its way through the API. */
interface Exchange extends Matched {
  readonly services: Services;
  readonly trace: Trace;
  readonly address: string;
  readonly claims: Claims | undefined;
}

/** Processes one request to one operation, from its headers to its response. Throws errors for the caller. */
export async function serve(matched: Matched, trace: Trace, services: Services): Promise<Response> {
  const { page } = matched.operation;
  if (page === undefined || !wantsPage(matched.request.headers)) {
    return serveJson(matched, trace, services);
  }
  const { database } = services;
  try {
    const response = await serveJson(matched, trace, services);
    return await page({ body: await response.text(), database });
  } catch (thrown) {
    const error = asApiError(thrown);
    trace.error = error;
    return page({ error, database });
  }
}

async function serveJson(matched: Matched, trace: Trace, services: Services): Promise<Response> {
  const { operation, request } = matched;
  const address = clientAddress(request.headers, services.addressHeader);
  const count = async (userId: string | undefined) => {
    trace.allowance = await services.count({ userId, address });
  };
  const claims = await claimsOf(matched, services.verify).catch(async (error) => {
    // Requests with invalid tokens count like those without one.
    await count(undefined);
    throw error;
  });
  if (claims !== undefined) trace.userId = claims.sub;

  const counting = operation.unlimited ? Promise.resolve() : count(claims?.sub);
  // A read runs while it is counted, because its response can still be withheld. A write waits, and so does a
  // read of a replica, which has to know how far that must be.
  if (!isReadOnly(operation) || services.database.hasReplica) await counting;
  const answering = answer({ ...matched, services, trace, address, claims });
  const [counted, answered] = await Promise.allSettled([counting, answering]);
  if (counted.status === "rejected") throw counted.reason;
  if (answered.status === "rejected") throw answered.reason;
  return respond(operation, request.headers, answered.value);
}

async function claimsOf(
  { operation: { access }, request }: Matched,
  verify: VerifyToken,
): Promise<Claims | undefined> {
  const token = bearerOf(request.headers);
  if (access === "public") return undefined;
  if (access === "anyone") return token ? verify(token).catch(() => undefined) : undefined;
  if (token === undefined) {
    throw notAuthenticated(authMessages.signInRequired);
  }
  return verify(token);
}

type Answer = string | AsyncIterable<string> | undefined;

async function answer(exchange: Exchange): Promise<Answer> {
  const { operation, request, claims, address } = exchange;
  const { form, handle, handleForm } = operation;
  const room = form && isForm(request.headers) ? roomFor(claims?.sub ?? address) : undefined;
  try {
    const { form: received, body, ...parts } = await readParts(exchange, room);
    const context = contextOf(exchange, parts);
    return received === undefined
      ? await handle?.({ ...context, body })
      : await handleForm?.({ ...context, form: received });
  } finally {
    room?.close();
  }
}

function contextOf(exchange: Exchange, parts: Pick<Parts, "params" | "query">): Context {
  const { request, services, address, claims } = exchange;
  const { database, background } = services;
  const storage = new StorageClient(services.storage);
  return {
    ...parts,
    claims,
    bearer: bearerOf(request.headers),
    address,
    idempotencyKey: idempotencyKeyOf(request.headers),
    auth: new AuthClient(services.auth, address, request.headers.get("user-agent")),
    database,
    storage,
    call: databaseCaller(exchange),
    withFileUrls: (json) => withFileUrls(json, { database, storage, background }),
    background,
  };
}

function databaseCaller({
  operation,
  request,
  trace,
  services,
  address,
  claims,
}: Exchange): CallDatabase {
  const headers = databaseHeaders(request.headers, address, trace.requestId);
  const requestKey = idempotencyKeyOf(request.headers);
  return (name, args = {}, { input, as = claims, key = requestKey } = {}) =>
    services.database.call(
      {
        headers: typeof key === "string" ? { ...headers, "idempotency-key": key } : headers,
        readOnly: isReadOnly(operation),
        position: trace.allowance?.position,
        claims: as,
      },
      { name, args: { ...input?.args, ...args }, input: input?.json },
    );
}

const idempotencyKeyOf = (headers: Headers): string | undefined =>
  headers.get("idempotency-key")?.slice(0, 512);

/** The headers that the database gets. The token is not among them. */
function databaseHeaders(headers: Headers, address: string, requestId: string) {
  const userAgent = headers.get("user-agent")?.slice(0, 512);
  return {
    "x-forwarded-for": address,
    "x-request-id": requestId,
    ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
  };
}

function respond(operation: Operation, request: Headers, answered: Answer): Response {
  const response =
    typeof answered === "object"
      ? responseInParts(operation, request, answered)
      : responseOf(operation, request, answered);
  const { headers = {} } = operation.success;
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

function responseOf({ success }: Operation, request: Headers, json: string | undefined): Response {
  const { list, or } = success;
  if (json === undefined) return new Response(null, { status: success.status });
  const status = or?.when(json) ? or.status : success.status;
  if (success.mediaType === "text/html") return htmlResponse(json, status);
  const { mediaType = "application/json" } = success;
  const headers = { "content-type": `${mediaType}; charset=utf-8` };
  if (success.mediaType !== undefined || !wantsEnvelope(request))
    return new Response(json, { status, headers });
  return new Response(wrapInEnvelope(json, list), {
    status,
    headers: { ...headers, "preference-applied": "envelope" },
  });
}

function responseInParts(
  { success }: Operation,
  request: Headers,
  parts: AsyncIterable<string>,
): Response {
  const isWrapped = wantsEnvelope(request);
  const body = ReadableStream.from(isWrapped ? wrapParts(parts) : parts);
  const headers = { "content-type": "application/json; charset=utf-8" };
  return new Response(body.pipeThrough(new TextEncoderStream()), {
    status: success.status,
    headers: isWrapped ? { ...headers, "preference-applied": "envelope" } : headers,
  });
}
