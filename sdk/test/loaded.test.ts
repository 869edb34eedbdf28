import { expect, test, vi } from "vitest";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const parts = vi.hoisted(() => ({ load: (): Promise<never> => Promise.reject() }));
vi.mock("../src/upload/batch.ts", () => parts.load());
vi.mock("../src/upload/download.ts", () => parts.load());
vi.mock("../src/upload/scan.ts", () => parts.load());
vi.mock("../src/core/export.ts", () => parts.load());
vi.mock("../src/mfa/factors.ts", () => parts.load());

const backend = new FakeBackend(() => json({}));
const onswift = clientOf(backend, { session: { endsIn: 900 } });
const file = { name: "a.png", data: new Uint8Array(1) };

test("a call whose code cannot be loaded fails as without a network", async () => {
  parts.load = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  const calls = [
    onswift.users.setAvatar(file),
    onswift.files.download("f"),
    onswift.files.waitUntilClean("f"),
    onswift.users.export(),
    onswift.auth.mfa.listFactors(),
  ];
  for (const { error } of await Promise.all(calls)) {
    expect(error).toMatchObject({ code: "NETWORK", retryable: true });
  }
  await expect(onswift.users.exportPieces().next()).rejects.toMatchObject({ code: "NETWORK" });
  expect(backend.operations).toEqual([]);
});

test("a call whose code does not arrive ends with its time limit and its signal", async () => {
  parts.load = () => new Promise(() => undefined);
  const limited = { timeoutMs: 20 };
  const calls = [
    onswift.users.setAvatar(file, limited),
    onswift.files.download("f", limited),
    onswift.files.waitUntilClean("f", limited),
    onswift.users.export(limited),
    onswift.auth.mfa.listFactors(limited),
  ];
  for (const { error } of await Promise.all(calls)) expect(error?.code).toBe("TIMEOUT");
  const aborted = onswift.files.download("f", { signal: AbortSignal.timeout(20) });
  expect((await aborted).error?.code).toBe("ABORTED");
});
