import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { describe, expect, test } from "vitest";
import { createClient, fromSupabase } from "../../sdk/src/index.ts";
import { password, someAddress, someEmail } from "../world/people.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { aProject, person, visitor } from "./support.ts";

/** Creates a client, and returns its session storage and the operations it sends. */
function watched() {
  const stored = new Map<string, string>();
  const operations: string[] = [];
  const onswift = createClient({
    url: apiUrl,
    key: publishableKey,
    headers: { "X-Forwarded-For": someAddress() },
    storageKey: "session",
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    fetch: (input, init) => {
      const { pathname } = new URL(String(input));
      if (pathname.startsWith("/rest/")) operations.push(pathname);
      return fetch(input, init);
    },
  });
  return { onswift, stored, operations };
}

describe("a session", () => {
  test("signUp and signIn return the account's card and tokens", async () => {
    const { onswift, email, id } = await person("creator", "Cleo Crown");
    const signedIn = await visitor().auth.signIn({ email, password }).orThrow();
    expect(signedIn).toEqual({
      user: { id, email, name: "Cleo Crown", userType: "creator" },
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
    });
    const session = await onswift.auth.getSession().orThrow();
    expect(session?.user).toEqual({ id, email, userType: "creator" });
  });

  test("signIn returns the current name of the profile", async () => {
    const { onswift, email } = await person("talent", "Old Name");
    await onswift.users.update({ name: "New Name" }).orThrow();
    const { user } = await visitor().auth.signIn({ email, password }).orThrow();
    expect(user.name).toBe("New Name");
  });

  test("refresh rotates the refresh token, and a used one is invalid", async () => {
    const { onswift } = await person("talent");
    const first = await onswift.auth.getSession().orThrow();
    const second = await onswift.auth.refresh().orThrow();
    expect(second.refreshToken).not.toBe(first?.refreshToken);
    await onswift.auth.refresh().orThrow();
    expect((await onswift.users.me()).error).toBeNull();
  });

  test("signOut ends all sessions with scope global and the other sessions with others", async () => {
    const { onswift: first, email } = await person("talent");
    const second = visitor();
    await second.auth.signIn({ email, password }).orThrow();
    await first.auth.signOut({ scope: "others" }).orThrow();
    expect((await second.users.me()).error?.code).toBe("SESSION_REVOKED");
    expect((await first.users.me()).error).toBeNull();

    const third = visitor();
    await third.auth.signIn({ email, password }).orThrow();
    await first.auth.signOut({ scope: "global" }).orThrow();
    expect((await third.users.me()).error?.code).toBe("SESSION_REVOKED");
    expect((await first.users.me()).error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("a session that ended elsewhere returns SESSION_EXPIRED after its token expired, without a request", async () => {
    const { onswift, stored, operations } = watched();
    const account = { email: someEmail(), password, name: "Ex", userType: "talent" } as const;
    await onswift.auth.signUp(account).orThrow();
    const elsewhere = visitor();
    await elsewhere.auth.signIn({ email: account.email, password }).orThrow();
    await elsewhere.auth.signOut({ scope: "others" }).orThrow();

    const session = JSON.parse(stored.get("session") ?? "{}");
    stored.set("session", JSON.stringify({ ...session, expires_at: 1, expires_in: 0 }));
    operations.length = 0;
    for (const call of [onswift.projects.list(), onswift.users.skills(), onswift.users.me()]) {
      expect((await call).error?.code).toBe("SESSION_EXPIRED");
    }
    expect(operations).toEqual([]);
  });

  test("fromSupabase shares the session of the supabase-js client", async () => {
    const supabase = createSupabaseClient(apiUrl, publishableKey, {
      auth: { persistSession: false },
      global: { headers: { "X-Forwarded-For": someAddress() } },
    });
    const onswift = fromSupabase(supabase);
    const email = someEmail();
    await onswift.auth.signUp({ email, password, name: "Both", userType: "creator" }).orThrow();
    const { data } = await supabase.from("profiles").select("name").eq("user_type", "creator");
    expect(data).toEqual([{ name: "Both" }]);
    await supabase.auth.signOut();
    expect((await onswift.users.me()).error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("a server can act for the user of a request", async () => {
    const { onswift, id } = await person("talent");
    const session = await onswift.auth.getSession().orThrow();
    const server = createClient({
      url: apiUrl,
      key: publishableKey,
      persistSession: false,
      headers: { Authorization: `Bearer ${session?.accessToken}` },
    });
    expect((await server.users.me().orThrow()).id).toBe(id);
  });
});

describe("a call", () => {
  test("a call is one request", async () => {
    const { onswift, operations } = watched();
    const account = { email: someEmail(), password, name: "One", userType: "creator" } as const;
    await onswift.auth.signUp(account).orThrow();
    operations.length = 0;
    await onswift.projects.list().orThrow();
    await onswift.users.me().orThrow();
    expect(operations).toEqual(["/rest/v1/rpc/list_projects", "/rest/v1/rpc/get_me"]);
  });

  test("a create whose response was lost is repeated with its key and happens once", async () => {
    const { onswift: setUp, email } = await person("creator");
    await setUp.auth.signOut().orThrow();
    let lost = 0;
    const onswift = createClient({
      url: apiUrl,
      key: publishableKey,
      persistSession: false,
      headers: { "X-Forwarded-For": someAddress() },
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (!String(input).endsWith("/create_project") || lost > 0) return response;
        lost += 1;
        throw new TypeError("connection reset");
      },
    });
    await onswift.auth.signIn({ email, password }).orThrow();
    const options = { idempotencyKey: "one-intended-project" };
    const made = await onswift.projects.create(aProject(), options).orThrow();
    expect(lost).toBe(1);
    const { projects } = await onswift.projects.list().orThrow();
    expect(projects.map(({ id }) => id)).toEqual([made.id]);
    const other = await onswift.projects.create({ ...aProject(), name: "Other" }, options);
    expect(other.error).toMatchObject({ code: "CONFLICT", status: 409 });
  });

  test("an aborted or late call returns ABORTED or TIMEOUT", async () => {
    const { onswift } = await person("talent");
    const { error } = await onswift.users.me({ signal: AbortSignal.abort() });
    expect(error?.code).toBe("ABORTED");
    expect((await onswift.users.me({ timeoutMs: 0 })).error?.code).toBe("TIMEOUT");
  });

  test("an unreachable backend returns NETWORK", async () => {
    const nowhere = createClient({ url: "http://127.0.0.1:9", key: publishableKey });
    const { error } = await nowhere.users.skills({ maxRetries: 0 });
    expect(error).toMatchObject({ code: "NETWORK", status: null, retryable: true });
  });
});
