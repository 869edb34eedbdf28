import { describe, expect, test } from "vitest";
import { clientOf, FakeBackend } from "./fake-backend.ts";

const original = "http://backend.test/storage/v1/object/public/avatars/u/a.png";
const smaller =
  "http://backend.test/storage/v1/render/image/public/avatars/u/a.png?width=64&resize=cover";
const size = { width: 64, resize: "cover" } as const;

const answering = (...statuses: readonly (number | Error)[]) => {
  let asked = 0;
  return new FakeBackend(() => {
    const status = statuses[asked++] ?? 500;
    return status instanceof Error ? status : new Response(null, { status });
  });
};

describe("avatarUrl", () => {
  test("avatarUrl leads to a smaller image, and asks Storage once whether there are any", async () => {
    const backend = answering(200);
    const { users } = clientOf(backend);
    expect((await users.avatarUrl(original, size)).data).toEqual({ avatarUrl: smaller });
    expect((await users.avatarUrl(original, size)).data).toEqual({ avatarUrl: smaller });
    const asked = backend.seen.map(({ method, path }) => [method, path]);
    expect(asked).toEqual([["HEAD", smaller.slice("http://backend.test".length)]]);
  });

  test.each([403, 404])(
    "avatarUrl keeps to the original after Storage answered %i",
    async (status) => {
      const backend = answering(status, 200);
      const { users } = clientOf(backend);
      for (const _ of [1, 2]) {
        expect((await users.avatarUrl(original, size)).data).toEqual({ avatarUrl: original });
      }
      expect(backend.seen).toHaveLength(1);
    },
  );

  test.each([500, 400, new Error("offline")])(
    "avatarUrl asks again after an answer that decides nothing: %s",
    async (outcome) => {
      const { users } = clientOf(answering(outcome, 200));
      expect((await users.avatarUrl(original, size)).data).toEqual({ avatarUrl: original });
      expect((await users.avatarUrl(original, size)).data).toEqual({ avatarUrl: smaller });
    },
  );

  test("avatarUrl returns a URL from elsewhere, and one without a size, unchanged", async () => {
    const backend = answering();
    const { users } = clientOf(backend);
    const elsewhere = "https://cdn.test/a.png";
    expect((await users.avatarUrl(elsewhere, size)).data).toEqual({ avatarUrl: elsewhere });
    expect((await users.avatarUrl(original, {})).data).toEqual({ avatarUrl: original });
    expect(backend.seen).toHaveLength(0);
    const { error } = await users.avatarUrl(original, { depth: 1 } as never);
    expect(error?.details).toEqual([{ field: "depth", message: "depth cannot be set here." }]);
  });
});
