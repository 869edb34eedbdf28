import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import { Access } from "./access.ts";
import type { ByteStore } from "./byte-store.ts";
import { StorageError } from "./errors.ts";
import { Fields } from "./fields.ts";
import type { Identities, Identity } from "./identity.ts";
import { readJson } from "./incoming-upload.ts";
import { type Place, parsePlace, requireKey } from "./names.ts";
import type { UploadStore } from "./resumable/store.ts";
import type { UrlSigner } from "./signing.ts";

/** The dependencies of every route. */
export interface Storage {
  readonly sql: Sql;
  readonly settings: Settings;
  readonly identities: Identities;
  readonly signer: UrlSigner;
  readonly bytes: ByteStore;
  readonly uploads: UploadStore;
  /** Maximum size of any object in bytes; a bucket's own limit can only be lower. */
  readonly sizeLimit: number;
  readonly log: Logger;
}

export type Env = { Bindings: HttpBindings };
export type Request = Context<Env>;

/** Opens database access as the request's caller. Throws if there is no valid token. */
export async function openAsCaller(
  storage: Storage,
  c: Request,
  operation: string,
): Promise<Access> {
  return createAccess(storage, c, operation, await storage.identities.require(authorization(c)));
}

/** Opens database access for reading, also for requests without a valid token. */
export async function openForReading(
  storage: Storage,
  c: Request,
  operation: string,
): Promise<{ readonly access: Access; readonly isAuthenticated: boolean }> {
  const caller = await storage.identities.require(authorization(c)).catch((error) => {
    if (error instanceof StorageError) return undefined;
    throw error;
  });
  return {
    access: createAccess(storage, c, operation, caller ?? storage.identities.service),
    isAuthenticated: caller !== undefined,
  };
}

/** Opens database access as the service, for signed and public URLs that the route has checked. */
export const openTrusted = (storage: Storage, c: Request, operation: string): Access =>
  createAccess(storage, c, operation, storage.identities.service);

function createAccess(storage: Storage, c: Request, operation: string, caller: Identity): Access {
  const { service } = storage.identities;
  const { method = "", headers } = c.env.incoming;
  const request = { method, headers, path: pathOf(c) };
  return new Access(storage.sql, { caller, service }, request, operation);
}

const authorization = (c: Request): string | undefined => c.req.header("authorization");

export const pathOf = (c: Request): string => new URL(c.req.url).pathname;

/** Reads bucket and object name from the path after `prefix`. Throws if the name is not allowed. */
export function readObjectPlace(c: Request, prefix: string): Place {
  const place = parsePlace(pathOf(c), prefix);
  requireKey(place.name);
  return place;
}

export const bodyOf = async (c: Request): Promise<Fields> =>
  new Fields(await readJson(c.env.incoming), "body");

export const queryOf = (c: Request): Fields => new Fields(c.req.query(), "querystring");
