import assert from "node:assert/strict";
import postgres from "postgres";
import { fromDatabase } from "../database/errors.ts";

// The constructor is not in the library's types.
const raised = (fields: object) =>
  Object.assign(Object.create(postgres.PostgresError.prototype), { severity: "ERROR", ...fields });

Deno.test("errors that the database raises for the caller are passed on", () => {
  const details = [{ field: "name", message: "Name is required." }];
  const validation = fromDatabase(
    raised({
      code: "PT400",
      message: "Validation failed",
      hint: "VALIDATION_ERROR",
      detail: JSON.stringify(details),
    }),
  );
  assert.deepEqual([validation.code, validation.details], ["VALIDATION_ERROR", details]);

  const limited = fromDatabase(
    raised({
      code: "PT429",
      message: "Slow down.",
      hint: "RATE_LIMITED",
      detail: '{"retryAfter":7}',
    }),
  );
  assert.equal(limited.code, "RATE_LIMITED");
  assert.equal(limited.headers["retry-after"], "7");

  const unknown = fromDatabase(raised({ code: "PT403", message: "No.", hint: "SOMETHING_NEW" }));
  assert.equal(unknown.code, "FORBIDDEN");
});

Deno.test("any other database error is only classified", async () => {
  for (const [sqlState, code] of [
    ["22P02", "VALIDATION_ERROR"],
    ["23514", "VALIDATION_ERROR"],
    ["23505", "CONFLICT"],
    ["40001", "CONFLICT"],
    ["42501", "INTERNAL_ERROR"],
    ["XX000", "INTERNAL_ERROR"],
    ["57014", "SERVICE_UNAVAILABLE"],
    ["57P01", "SERVICE_UNAVAILABLE"],
    ["53300", "SERVICE_UNAVAILABLE"],
  ] as const) {
    const error = fromDatabase(raised({ code: sqlState, message: "secret of table x" }));
    assert.equal(error.code, code, sqlState);
    assert.doesNotMatch(await error.toResponse().text(), /secret/, sqlState);
  }
});

Deno.test("an unreachable database is 503 with Retry-After", () => {
  const error = fromDatabase(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  assert.equal(error.code, "SERVICE_UNAVAILABLE");
  assert.ok(error.headers["retry-after"]);
});
