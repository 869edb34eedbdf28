import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import { Access } from "./access.ts";
import type { Bytes } from "./bytes.ts";
import { StorageError } from "./errors.ts";
import { Fields } from "./fields.ts";
import type { Identities, Identity } from "./identity.ts";
import { readJson } from "./incoming.ts";
import { type Place, placeIn, requireKey } from "./names.ts";
import type { UploadStore } from "./resumable/store.ts";
import type { AddressSigner } from "./signing.ts";

/** What every route needs. */
export interface Storage {
  readonly sql: Sql;
  readonly settings: Settings;
  readonly identities: Identities;
  readonly signer: AddressSigner;
  readonly bytes: Bytes;
  readonly uploads: UploadStore;
  /** Bytes that no object may exceed, whatever its bucket allows. */
  readonly sizeLimit: number;
  readonly log: Logger;
}

export type Env = { Bindings: HttpBindings };
export type Request = Context<Env>;

/** The database for this request, as whoever sent it. */
export async function openAs(storage: Storage, c: Request, operation: string): Promise<Access> {
  return accessOf(storage, c, operation, await storage.identities.require(authorization(c)));
}

/** The same for reading, where nobody in particular may have sent it. */
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
    access: accessOf(storage, c, operation, caller ?? storage.identities.service),
    isAuthenticated: caller !== undefined,
  };
}

/** For who holds a signed or a public address: nobody is asked, the address itself was checked. */
export const openTrusted = (storage: Storage, c: Request, operation: string): Access =>
  accessOf(storage, c, operation, storage.identities.service);

function accessOf(storage: Storage, c: Request, operation: string, caller: Identity): Access {
  const { service } = storage.identities;
  const { method = "", headers } = c.env.incoming;
  const facts = { method, headers, path: pathOf(c) };
  return new Access(storage.sql, { caller, service }, facts, operation);
}

const authorization = (c: Request): string | undefined => c.req.header("authorization");

export const pathOf = (c: Request): string => new URL(c.req.url).pathname;

/** Bucket and object behind `prefix`, the object's name checked. */
export function objectPlace(c: Request, prefix: string): Place {
  const place = placeIn(pathOf(c), prefix);
  requireKey(place.name);
  return place;
}

export const bodyOf = async (c: Request): Promise<Fields> =>
  new Fields(await readJson(c.env.incoming), "body");

export const queryOf = (c: Request): Fields => new Fields(c.req.query(), "querystring");
