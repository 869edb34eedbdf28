import type { z } from "zod";
import type { AuthClient } from "./auth/client.ts";
import type { Claims } from "./caller/token.ts";
import type { Arguments, DatabaseDoor } from "./database/client.ts";
import type { ErrorCode } from "./http/errors.ts";
import type { Form } from "./http/form-file.ts";
import type { StorageClient } from "./storage/client.ts";

/** How a call differs from the request it belongs to. */
export interface CallOptions {
  /** Whose claims hold instead of the caller's. */
  readonly as?: Claims;
  /** The idempotency key that counts for this call; null for none. */
  readonly key?: string | null;
}

export type CallDatabase = (
  name: string,
  args?: Arguments,
  options?: CallOptions,
) => Promise<string>;

/** What an operation's handler works with: its checked input, the caller, and the outside. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Undefined on a public operation. */
  readonly claims: Claims | undefined;
  readonly bearer: string | undefined;
  readonly address: string;
  readonly auth: AuthClient;
  readonly database: DatabaseDoor;
  readonly storage: StorageClient;
  /** Calls `api.<name>` as the caller. Returns JSON text. */
  readonly call: CallDatabase;
  /** What the database says is heard, and nothing stays of it. */
  readonly rehearsal: boolean;
  readonly idempotencyKey: string | undefined;
  /** The same answer with an address, good for an hour, at every file in it that may be fetched. */
  readonly withAddresses: (json: string) => Promise<string>;
  /** Lets work go on after the answer. */
  readonly background: (work: Promise<unknown>) => void;
}

/** One documented operation: enough to route it, to check its input, and to describe it in OpenAPI. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Fields extends z.ZodObject = z.ZodObject,
> {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** With `:name` for parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `user` demands an access token; `anyone` uses one if it is there; `public` looks at none. */
  readonly access: "user" | "anyone" | "public";
  /** True where a GET changes something and so needs a transaction that may write. */
  readonly writes?: boolean;
  /** A create that a caller may safely send twice with one `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /**
   * The database knows rules for this body that the schema cannot (such as the list of skills). When
   * the schema refuses one, the handler is rehearsed with it, so that one answer names every bad field.
   */
  readonly rehearses?: boolean;
  /**
   * A function of the database that begins by asking who calls. Where the body is refused it is asked
   * too, without one: who may not do this at all is told so, and nothing more.
   */
  readonly roleFirst?: string;
  /** Answered however often it is asked for: it costs nothing. */
  readonly unlimited?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Taken as `multipart/form-data`, beside `body` or instead of it, and handled by `handleForm`. */
  readonly form?: Form<Fields>;
  readonly success: {
    readonly status: 200 | 201 | 204;
    readonly description: string;
    readonly schema?: z.ZodType;
    /** The field that holds the items of a list: what `data` is under `Prefer: envelope`. */
    readonly list?: string;
    /** Another success, told by its answer. */
    readonly or?: {
      readonly status: 200;
      readonly description: string;
      readonly when: (json: string) => boolean;
    };
  };
  /** Besides those that follow from access, input and limits. */
  readonly errors: readonly ErrorCode[];
  /** Answers JSON text; nothing for 204. Missing only where nothing but a form is taken. */
  readonly handle?: (
    input: Input<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<string | undefined>;
  readonly handleForm?: (
    input: Input<z.output<Params>, z.output<Query>, z.output<Fields>>,
  ) => Promise<string>;
}

/** Keeps the types of an operation's input inside its declaration. */
export const operation = <
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Fields extends z.ZodObject,
>(
  declared: Operation<Params, Query, Body, Fields>,
): Operation => declared as unknown as Operation;

/** Whether the operation may run in a read-only transaction. */
export const reads = ({ method, writes = false }: Operation) => method === "get" && !writes;

/** All the codes an operation can answer with, in the order of their status. */
export function errorsOf(op: Operation): ErrorCode[] {
  const implied: ErrorCode[] = ["INTERNAL_ERROR", "SERVICE_UNAVAILABLE"];
  if (!op.unlimited) implied.push("RATE_LIMITED");
  if (op.access === "user") implied.push("NOT_AUTHENTICATED", "SESSION_REVOKED");
  if (op.params || op.query || op.body || op.form) implied.push("VALIDATION_ERROR");
  if (op.idempotent) implied.push("CONFLICT");
  if (op.body || op.form) implied.push("UNSUPPORTED_MEDIA_TYPE");
  if (op.body) implied.push("PAYLOAD_TOO_LARGE");
  if (op.form) implied.push(op.form.tooLarge().code);
  return [...new Set([...implied, ...op.errors])];
}
