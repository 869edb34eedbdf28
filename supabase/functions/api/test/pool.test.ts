import assert from "node:assert/strict";
import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { withConnection } from "../database/pool.ts";

/** A pool that counts reserved and released connections. */
function pool(reserve: () => Promise<unknown> = async () => undefined) {
  const counts = { reserved: 0, released: 0 };
  const sql = {
    reserve: async () => {
      await reserve();
      counts.reserved += 1;
      const release = () => {
        counts.released += 1;
      };
      return { release };
    },
  };
  return { sql: sql as unknown as Sql, counts };
}

const serverError = (severity: string) =>
  Object.assign(Object.create(postgres.PostgresError.prototype), { severity, code: "XX000" });

Deno.test("a connection is released after success and failure, unless it broke", async () => {
  for (const [error, released] of [
    [serverError("ERROR"), 1],
    [new Error("our own"), 1],
    [new TypeError("a bug"), 1],
    [Object.assign(new Error("not sent"), { code: "UNDEFINED_VALUE" }), 1],
    [serverError("FATAL"), 0],
    [Object.assign(new Error("closed"), { code: "CONNECTION_CLOSED" }), 0],
    [Object.assign(new Error("reset"), { code: "ECONNRESET" }), 0],
  ] as const) {
    const { sql, counts } = pool();
    await assert.rejects(withConnection(sql, () => Promise.reject(error)));
    assert.deepEqual(counts, { reserved: 1, released }, String(error.code ?? error.message));
  }
  const { sql, counts } = pool();
  assert.equal(await withConnection(sql, async () => 7), 7);
  assert.deepEqual(counts, { reserved: 1, released: 1 });
});

Deno.test("a failed reservation is tried once more", async () => {
  let tries = 0;
  const { sql } = pool(async () => {
    tries += 1;
    if (tries === 1) throw serverError("FATAL");
  });
  assert.equal(await withConnection(sql, async () => "fine"), "fine");

  const dead = pool(() => Promise.reject(new Error("refused")));
  await assert.rejects(
    withConnection(dead.sql, async () => undefined),
    /refused/,
  );
});
