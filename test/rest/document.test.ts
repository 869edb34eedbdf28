import { expect, test } from "vitest";
import { documentedFetch, expectDocumented } from "./document.ts";

/** The other tests rely on this comparison, so this test makes sure that it can fail. */
test("the comparison detects a response that differs from the document", async () => {
  const id = crypto.randomUUID();
  const path = `/projects/${id}/team`;
  const joinedAt = "2026-01-01T00:00:00.000Z";
  const membership = { id, projectId: id, userId: id, role: null, joinedAt };
  const error = (code: string) => ({ error: { code, message: "No." } });
  const { headers } = await documentedFetch("/health");
  const expected = (status: number, body: unknown, changes: Record<string, string> = {}) =>
    expectDocumented("POST", path, {
      status,
      headers: new Headers({ ...Object.fromEntries(headers), ...changes }),
      text: body === undefined ? "" : JSON.stringify(body),
    });
  const wrapped = { "preference-applied": "envelope" };

  await expected(201, membership);
  await expected(201, { data: membership, meta: {} }, wrapped);
  await expected(403, error("FORBIDDEN"));
  for (const [status, body, changes] of [
    [201, { ...membership, extra: 1 }],
    [201, { ...membership, joinedAt: "yesterday" }],
    [201, undefined],
    [200, membership],
    [201, { data: membership, meta: {} }],
    [201, membership, wrapped],
    [403, error("STATUS_ONLY")],
    [403, { error: { code: "FORBIDDEN" } }],
    [403, { error: { ...error("FORBIDDEN").error, stack: "…" } }],
    [201, membership, { "content-type": "text/html" }],
    [201, membership, { "x-content-type-options": "sniff" }],
    [201, membership, { "cache-control": "public" }],
  ] as const) {
    await expect(expected(status, body, changes), JSON.stringify(body)).rejects.toThrow();
  }
});
