import type { JSONValue, TransactionSql } from "postgres";
import type { Caller } from "./caller.ts";
import type { Storage } from "./context.ts";

export type Transaction = TransactionSql<Record<string, never>>;

/** What policies may ask about a request. */
export interface Asked {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
}

class Rollback extends Error {}

/** Runs statements with the caller's rights, under row level security. */
export async function asCaller<T>(
  storage: Storage,
  caller: Caller,
  asked: Asked,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const answer = await storage.sql.begin(async (tx) => {
    await tx`select
      set_config('role', ${caller.role}, true),
      set_config('request.jwt.claim.role', ${caller.role}, true),
      set_config('request.jwt', ${caller.token}, true),
      set_config('request.jwt.claim.sub', ${caller.owner ?? ""}, true),
      set_config('request.jwt.claims', ${JSON.stringify(caller.claims)}, true),
      set_config('request.headers', '{}', true),
      set_config('request.method', ${asked.method}, true),
      set_config('request.path', ${asked.path}, true),
      set_config('storage.operation', ${asked.operation}, true),
      set_config('storage.allow_delete_query', 'true', true)`;
    return work(tx as unknown as Transaction);
  });
  return answer as T;
}

/** Tries statements as the caller and takes them back, to learn whether the policies let them. */
export async function probe(
  storage: Storage,
  caller: Caller,
  asked: Asked,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  try {
    await asCaller(storage, caller, asked, async (tx) => {
      await work(tx);
      throw new Rollback();
    });
  } catch (error) {
    if (!(error instanceof Rollback)) throw error;
  }
}

/** Runs statements as the service itself, which no policy binds. */
export function asService<T>(
  storage: Storage,
  asked: Asked,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const service: Caller = {
    role: "service_role",
    claims: { role: "service_role" },
    token: storage.settings.keys.serviceRoleJwt,
    owner: undefined,
  };
  return asCaller(storage, service, asked, work);
}

export const json = (tx: Transaction, value: unknown) =>
  value === undefined ? null : tx.json(value as JSONValue);
