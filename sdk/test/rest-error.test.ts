import { describe, expect, test } from "vitest";
import { restError } from "../src/core/rest-error.ts";

const none = new Headers();

describe("an error response of PostgREST", () => {
  test("an error that the database raised keeps its code, message and fields", () => {
    const fields = [{ field: "dueDate", message: "Must be after today." }];
    const error = restError(400, none, {
      code: "PT400",
      hint: "VALIDATION_ERROR",
      message: "Validation failed.",
      details: JSON.stringify(fields),
    });
    expect(error).toMatchObject({
      code: "VALIDATION_ERROR",
      status: 400,
      message: "Validation failed.",
      details: fields,
      retryable: false,
      retryAfter: null,
    });
  });

  test("an unknown code is kept", () => {
    const body = { code: "PT409", hint: "SCAN_PENDING", message: "Wait.", details: null };
    expect(restError(409, none, body)).toMatchObject({ code: "SCAN_PENDING", status: 409 });
  });

  test.each([
    ["PT403", 403, "FORBIDDEN", 403],
    ["PGRST301", 401, "NOT_AUTHENTICATED", 401],
    ["PGRST303", 401, "NOT_AUTHENTICATED", 401],
    ["22P02", 400, "VALIDATION_ERROR", 400],
    ["22001", 400, "VALIDATION_ERROR", 400],
    ["23502", 400, "VALIDATION_ERROR", 400],
    ["23514", 400, "VALIDATION_ERROR", 400],
    ["23505", 409, "CONFLICT", 409],
    ["42501", 403, "FORBIDDEN", 403],
    ["42501", 401, "NOT_AUTHENTICATED", 401],
    ["40P01", 500, "SERVICE_UNAVAILABLE", 503],
    ["57014", 500, "SERVICE_UNAVAILABLE", 503],
    ["PGRST202", 404, "INTERNAL_ERROR", 404],
    ["PGRST000", 503, "SERVICE_UNAVAILABLE", 503],
    ["P0001", 500, "INTERNAL_ERROR", 500],
  ])("SQLSTATE %s with status %d becomes %s", (sqlState, status, code, mapped) => {
    const body = { code: sqlState, message: "A sentence.", details: "Prose.", hint: "Prose, too." };
    const error = restError(status, none, body);
    expect(error).toMatchObject({ code, status: mapped, details: null });
    if (!sqlState.startsWith("PT")) expect(error.message).not.toBe(body.message);
    expect(error.cause).toEqual(body);
  });

  test.each([
    [502, "SERVICE_UNAVAILABLE"],
    [504, "SERVICE_UNAVAILABLE"],
    [500, "INTERNAL_ERROR"],
    [413, "PAYLOAD_TOO_LARGE"],
    [429, "RATE_LIMITED"],
  ])("a response without JSON is classified by its status %d", (status, code) => {
    const error = restError(status, none, "<html>nope</html>");
    expect(error).toMatchObject({ code, status, message: `HTTP status ${status}.` });
  });
});
