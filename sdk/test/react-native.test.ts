import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromBase64Url, toBase64 } from "../src/core/base64.ts";
import type { SessionEvent } from "../src/index.ts";
import { clientOf, FakeBackend, json, storedSession, userId } from "./fake-backend.ts";

const NodeHeaders = globalThis.Headers;
const NodeResponse = globalThis.Response;

/** Headers as React Native has them: they can be read one by one or with forEach, and are not iterable. */
class NativeHeaders extends NodeHeaders {
  constructor(init: Headers | Record<string, string> = {}) {
    super();
    const add = (value: string, name: string): void => this.append(name, value);
    if (init instanceof NodeHeaders) init.forEach(add);
    else for (const [name, value] of Object.entries(init)) add(value, name);
  }

  override entries = undefined as never;
  override keys = undefined as never;
  override values = undefined as never;
}
Object.defineProperty(NativeHeaders.prototype, Symbol.iterator, { value: undefined });

/** A response as React Native has it: complete, without a stream. */
class NativeResponse extends NodeResponse {
  override get body() {
    return undefined as never;
  }
}

beforeEach(() => {
  for (const missing of ["TextDecoder", "atob", "btoa", "reportError"]) {
    vi.stubGlobal(missing, undefined);
  }
  vi.stubGlobal("Headers", NativeHeaders);
  vi.stubGlobal("Response", NativeResponse);
  vi.stubGlobal("crypto", undefined);
});
afterEach(() => vi.unstubAllGlobals());

const download = { fileId: "f1", bucket: "deliverables", path: "p/f1.png", fileName: "f1.png" };

test("sessions, calls and downloads need nothing that React Native lacks", async () => {
  const backend = new FakeBackend(({ path }) => {
    if (path.startsWith("/auth/v1/")) return json(storedSession(900));
    if (path.endsWith("get_download")) return json(download);
    if (path.startsWith("/storage/")) return new NativeResponse("bytes");
    return json({ id: userId, email: "a@example.com", name: "Zoë", userType: "creator" });
  });
  const onswift = clientOf(backend, { headers: { "x-app": "native" } });
  const events: [SessionEvent, string | undefined][] = [];
  onswift.auth.onChange((event, session) => events.push([event, session?.user.email]));
  await onswift.auth.signIn({ email: "a@example.com", password: "x" }).orThrow();
  const session = await onswift.auth.getSession().orThrow();
  expect(session?.user).toEqual({ id: userId, email: "zoë@example.com", userType: "creator" });
  await expect.poll(() => events).toContainEqual(["signedIn", "zoë@example.com"]);

  await onswift.users.me().orThrow();
  expect(backend.seen.at(-1)?.headers.get("x-app")).toBe("native");
  const file = await onswift.files.download("f1").orThrow();
  expect(await (await file.blob()).text()).toBe("bytes");
  expect(() => file.body).toThrow("Use blob() instead of body.");
  await onswift.auth.signOut().orThrow();
});

test("an expired session is renewed without what React Native lacks", async () => {
  const backend = new FakeBackend(({ path }) =>
    json(path.startsWith("/auth/v1/") ? storedSession(900) : { id: userId }),
  );
  await clientOf(backend, { session: { endsIn: -60 } })
    .users.me()
    .orThrow();
  expect(backend.operations).toHaveLength(1);
});

test("base64 is encoded and decoded as everywhere", () => {
  vi.unstubAllGlobals();
  for (let length = 0; length < 40; length += 1) {
    const text = Array.from({ length }, (_, at) => String.fromCharCode((at * 37) % 128)).join("");
    expect(toBase64(text)).toBe(btoa(text));
    const encoded = Buffer.from(text, "latin1").toString("base64url");
    expect(String.fromCharCode(...fromBase64Url(encoded))).toBe(text);
  }
});
