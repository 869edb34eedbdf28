import { expect, test } from "vitest";
import { expectDocumented } from "./document.ts";

/** The other tests rely on this comparison, so this test makes sure that it can fail. */
test("the comparison detects a response that differs from the document", async () => {
  const id = crypto.randomUUID();
  const path = `/projects/${id}/team`;
  const joinedAt = "2026-01-01T00:00:00.000Z";
  const membership = { id, projectId: id, userId: id, role: null, joinedAt };
  const error = (code: string) => ({ error: { code, message: "No." } });

  await expectDocumented("POST", path, 201, membership);
  await expectDocumented("POST", path, 403, error("FORBIDDEN"));
  for (const [status, body] of [
    [201, { ...membership, extra: 1 }],
    [201, { ...membership, joinedAt: "yesterday" }],
    [201, undefined],
    [200, membership],
    [403, error("STATUS_ONLY")],
    [403, { error: { code: "FORBIDDEN" } }],
  ] as const) {
    await expect(expectDocumented("POST", path, status, body)).rejects.toThrow();
  }
});
