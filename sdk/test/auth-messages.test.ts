import { expect, test } from "vitest";
import * as rest from "../../supabase/functions/api/auth/messages.ts";
import * as sdk from "../src/core/auth-messages.ts";

test("the SDK and the REST API say the same when the Auth service refuses a request", () => {
  const sentences = (module: object) =>
    Object.entries(module).filter(([, value]) => typeof value === "string");
  expect(sentences(sdk).length).toBeGreaterThan(10);
  expect(sentences(sdk)).toEqual(sentences(rest));
  for (const reasons of [["pwned"], ["length", "pwned"], []]) {
    expect(sdk.weaknessOf(reasons)).toBe(rest.weaknessOf(reasons));
  }
});
