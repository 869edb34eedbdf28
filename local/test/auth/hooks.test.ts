/** Auth hooks: database functions and signed HTTP endpoints. */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { decodeJwt } from "jose";
import type { Sql } from "postgres";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Upstream } from "../support/upstream.ts";
import { type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

let world: AuthWorld;
let sql: Sql;

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  await sql`create schema hooks`;
  await sql`grant usage on schema hooks to supabase_auth_admin`;
  await sql`create table hooks.calls (id bigint generated always as identity, event jsonb, role text)`;
});

afterAll(() => world.stop());

afterEach(() => sql`truncate hooks.calls`);

const refused = (status: number, code: string, message?: string) => ({
  status,
  json: { code, ...(message === undefined ? {} : { message }) },
});

/** Defines a hook function with this body that records its calls. */
async function define(name: string, body: string): Promise<void> {
  await sql.unsafe(`
    create or replace function hooks.${name}(event jsonb) returns jsonb language plpgsql
    security definer set search_path = '' as $$ begin
      insert into hooks.calls (event, role) values (event, session_user);
      ${body}
    end $$;
    revoke execute on function hooks.${name} from public, anon, authenticated;
    grant execute on function hooks.${name} to supabase_auth_admin`);
}

const hookConfig = (
  hook: string,
  uri = `pg-functions://postgres/hooks/${hook}`,
  more = "",
): string => `[auth.hook.${hook}]\nenabled = true\nuri = "${uri}"\n${more}\n`;

const calls = async () =>
  (await sql<{ event: Record<string, unknown>; role: string }[]>`
    select event, role from hooks.calls order by id`) as readonly {
    event: Record<string, Record<string, unknown>>;
    role: string;
  }[];

describe("custom_access_token", () => {
  let service: AuthService;
  beforeAll(async () => {
    service = await world.service(hookConfig("custom_access_token"));
  });

  test("sets the claims of every token", async () => {
    await define(
      "custom_access_token",
      `return jsonb_build_object('claims', (event -> 'claims') || '{"plan": "gold"}');`,
    );
    const { access_token, refresh_token, user } = await service.newUser();
    expect(decodeJwt(access_token)).toMatchObject({ plan: "gold", sub: user.id });
    const { json } = await service.refresh(refresh_token);
    expect(decodeJwt(json.access_token)).toMatchObject({ plan: "gold" });
    const [first, second] = await calls();
    expect(first?.role).toBe("supabase_auth_admin");
    expect(first?.event).toMatchObject({
      user_id: user.id,
      authentication_method: "password",
      claims: { sub: user.id, session_id: expect.any(String), role: "authenticated" },
      metadata: {
        name: "custom-access-token",
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        time: expect.stringMatching(/^\d{4}-/),
        ip_address: expect.stringMatching(/^10\./),
      },
    });
    expect(second?.event.authentication_method).toBe("token_refresh");
  });

  test.each([
    [
      "returns an error",
      `return '{"error": {"http_code": 403, "message": "Not today"}}';`,
      403,
      "unknown",
      "Not today",
    ],
    [
      "returns an error without a status",
      `return '{"error": {"message": "Hm"}}';`,
      500,
      "unexpected_failure",
      "Hm",
    ],
    ["returns no claims", "return '{}';", 500, "unexpected_failure", undefined],
    [
      "omits a required claim",
      "return jsonb_build_object('claims', (event -> 'claims') - 'session_id');",
      500,
      "unexpected_failure",
      undefined,
    ],
    [
      "raises",
      "raise exception 'secret reason';",
      500,
      "unexpected_failure",
      "Error running hook URI: pg-functions://postgres/hooks/custom_access_token",
    ],
    [
      "takes more than two seconds",
      "perform pg_sleep(60); return event;",
      500,
      "unexpected_failure",
      "Error running hook URI: pg-functions://postgres/hooks/custom_access_token",
    ],
  ])(
    "rejects the sign-up and creates no account when it %s",
    async (_how, body, status, code, message) => {
      await define("custom_access_token", body);
      const email = randomEmail();
      const startedAt = Date.now();
      const answer = await service.post("/signup", { email, password });
      expect(Date.now() - startedAt).toBeLessThan(30_000);
      expect(answer).toMatchObject(refused(status, code, message));
      expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0);
    },
  );

  test("keeps the refresh token valid when it rejects a refresh", async () => {
    await define("custom_access_token", "return jsonb_build_object('claims', event -> 'claims');");
    const { refresh_token, user } = await service.newUser();
    await define(
      "custom_access_token",
      `return '{"error": {"http_code": 403, "message": "Gone"}}';`,
    );
    expect(await service.refresh(refresh_token)).toMatchObject(refused(403, "unknown", "Gone"));
    const rows = await sql`select revoked from auth.refresh_tokens where user_id = ${user.id}`;
    expect(rows).toEqual([{ revoked: false }]);
  });
});

describe("send_email as a database function", () => {
  let service: AuthService;
  beforeAll(async () => {
    service = await world.service(hookConfig("send_email"));
  });

  test("runs in the transaction that creates the account, which it can read", async () => {
    await define(
      "send_email",
      `if not exists (select from auth.users where id = (event #>> '{user,id}')::uuid) then
         return '{"error": {"http_code": 500, "message": "There is no such user."}}';
       end if;
       return '{}';`,
    );
    const email = randomEmail();
    const bearer = service.settings.keys.serviceRoleJwt;
    expect((await service.post("/invite", { email }, { bearer })).status).toBe(200);
    expect((await calls()).map(({ event }) => event.email_data?.email_action_type)).toEqual([
      "invite",
    ]);
  });

  test("keeps nothing that it has written if the account is not created", async () => {
    await define("send_email", 'return \'{"error": {"http_code": 403, "message": "No."}}\';');
    const email = randomEmail();
    const bearer = service.settings.keys.serviceRoleJwt;
    expect((await service.post("/invite", { email }, { bearer })).status).toBe(403);
    expect(await calls()).toEqual([]);
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0);
  });
});

describe("before_user_created", () => {
  test("receives the user that would be created, and can reject it", async () => {
    await define(
      "before_user_created",
      `if event -> 'user' -> 'user_metadata' ->> 'name' is null then
         return '{"error": {"http_code": 400, "message": "A name is needed."}}';
       end if;
       return '{}';`,
    );
    const service = await world.service(hookConfig("before_user_created"));
    const email = randomEmail();
    expect(await service.post("/signup", { email, password })).toMatchObject(
      refused(400, "unknown", "A name is needed."),
    );
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0);
    const { user } = await service.newUser({ name: "Ada" });
    const [, second] = await calls();
    expect(second?.event.user).toEqual({
      id: user.id,
      aud: "authenticated",
      role: "",
      email: user.email,
      phone: "",
      app_metadata: { provider: "email", providers: ["email"] },
      user_metadata: { name: "Ada" },
      identities: [],
      created_at: "0001-01-01T00:00:00Z",
      updated_at: "0001-01-01T00:00:00Z",
      is_anonymous: false,
    });
  });

  test("runs for invitations, generated links and magic links, not for accounts that admins create", async () => {
    await define(
      "before_user_created",
      `return '{"error": {"http_code": 422, "message": "Closed"}}';`,
    );
    const service = await world.service(hookConfig("before_user_created"));
    const bearer = service.settings.keys.serviceRoleJwt;
    const closed = refused(422, "unknown", "Closed");
    const email = randomEmail();
    expect(await service.post("/invite", { email }, { bearer })).toMatchObject(closed);
    expect(await service.post("/otp", { email })).toMatchObject(closed);
    const link = { type: "signup", email, password };
    expect(await service.post("/admin/generate_link", link, { bearer })).toMatchObject(closed);
    const made = await service.post("/admin/users", { email, password }, { bearer });
    expect(made.status).toBe(200);
  });
});

describe("password_verification_attempt", () => {
  let service: AuthService;
  beforeAll(async () => {
    service = await world.service(hookConfig("password_verification_attempt"));
  });

  test("runs for every attempt for an existing account, and its writes persist", async () => {
    await define("password_verification_attempt", `return '{"decision": "continue"}';`);
    const { email, user } = await service.newUser();
    expect((await service.signIn(email, "Wrong-horse-7!")).status).toBe(400);
    expect((await service.signIn(email)).status).toBe(200);
    expect((await service.signIn(randomEmail())).status).toBe(400);
    expect((await calls()).map(({ event }) => [event.user_id, event.valid])).toEqual([
      [user.id, false],
      [user.id, true],
    ]);
  });

  test("can reject with its own or the default message, and end all sessions", async () => {
    await define("password_verification_attempt", `return '{"decision": "continue"}';`);
    const { email, access_token } = await service.newUser();
    await define(
      "password_verification_attempt",
      `return '{"decision": "reject", "message": "Take a break"}';`,
    );
    expect(await service.signIn(email)).toMatchObject(
      refused(400, "invalid_credentials", "Take a break"),
    );
    expect((await service.call("GET", "/user", { bearer: access_token })).status).toBe(200);
    await define(
      "password_verification_attempt",
      `return '{"decision": "reject", "should_logout_user": true}';`,
    );
    const rejected = await service.signIn(email);
    expect(rejected).toMatchObject(refused(400, "invalid_credentials"));
    expect(rejected.json.message).not.toBe("");
    expect((await service.call("GET", "/user", { bearer: access_token })).status).toBe(403);
  });

  test("can reject with an HTTP status", async () => {
    await define("password_verification_attempt", `return '{"decision": "continue"}';`);
    const { email } = await service.newUser();
    await define(
      "password_verification_attempt",
      `return '{"error": {"http_code": 429, "message": "Too often"}}';`,
    );
    expect(await service.signIn(email)).toMatchObject(refused(429, "unknown", "Too often"));
  });
});

describe("an HTTP hook", () => {
  const secrets = ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "c2Vjb25kLXNlY3JldC1vZi10aGUtcHJvamVjdA=="];
  const upstream = new Upstream();
  const bodies: string[] = [];
  let port = 0;
  let service: AuthService;

  beforeAll(async () => {
    port = await freePort();
    await upstream.listen(port);
    service = await world.service(mailHook());
  });

  afterAll(() => upstream.close());

  const mailHook = (uri = `http://127.0.0.1:${port}/mail`) =>
    hookConfig(
      "send_email",
      uri,
      `secrets = "${secrets.map((one) => `v1,whsec_${one}`).join("|")}"`,
    );

  afterEach(() => {
    upstream.seen.length = 0;
    bodies.length = 0;
  });

  /** Sets the responses to the next calls. The last one repeats. */
  function respondWith(...list: readonly (readonly [number, object, string?])[]): void {
    upstream.answers(async (request, response) => {
      bodies.push(await textOf(request));
      const [status, headers, text = ""] = list[Math.min(bodies.length, list.length) - 1] ?? [
        500,
        {},
      ];
      response.writeHead(status, headers as Record<string, string>).end(text);
    });
  }
  const json = { "content-type": "application/json; charset=utf-8" };

  test("receives the email in place of the mail capture, signed with every secret", async () => {
    respondWith([200, json, "{}"]);
    const { email, user } = await service.newUser();
    await service.post("/recover?redirect_to=http://127.0.0.1:3000/reset", { email });
    expect(await world.mailsTo(email)).toEqual([]);
    const [body] = bodies;
    const headers = upstream.last.headers as Record<string, string>;
    expect(headers["webhook-signature"]?.split(", ")).toHaveLength(2);
    for (const secret of secrets) {
      const signed = {
        ...headers,
        "webhook-signature": headers["webhook-signature"]?.replace(", ", " ") ?? "",
      };
      expect(() => new Webhook(`whsec_${secret}`).verify(body ?? "", signed)).not.toThrow();
    }
    const event = JSON.parse(body ?? "");
    expect(event.user).toMatchObject({ id: user.id, email });
    expect(event.email_data).toEqual({
      token: expect.stringMatching(/^\d{6}$/),
      token_hash: expect.stringMatching(/^[0-9a-f]{56}$/),
      redirect_to: "http://127.0.0.1:3000/reset",
      email_action_type: "recovery",
      site_url: `${service.settings.apiUrl}/auth/v1`,
      token_new: "",
      token_hash_new: "",
      old_email: "",
      old_phone: "",
      provider: "",
      factor_type: "",
    });
    const { token_hash } = event.email_data;
    const proven = await service.post("/verify", { type: "recovery", token_hash });
    expect(proven.status).toBe(200);
  });

  test("receives one event for an email change that two addresses confirm, with upstream's field names", async () => {
    respondWith([204, {}]);
    const { email, access_token } = await service.newUser();
    const to = randomEmail();
    await service.call("PUT", "/user", { bearer: access_token, body: { email: to } });
    expect(bodies).toHaveLength(1);
    const { email_data: data, user } = JSON.parse(bodies[0] ?? "");
    expect(user).toMatchObject({ email, new_email: to });
    expect(data).toMatchObject({ email_action_type: "email_change", old_email: email });
    const verify = (address: string, token: string) =>
      service.post("/verify", { type: "email_change", email: address, token });
    // `token` belongs to the current address, `token_new` to the new one; with the hashes it is reversed.
    expect((await verify(email, data.token)).json.code).toBe("200");
    const done = await service.post("/verify", {
      type: "email_change",
      token_hash: data.token_hash,
    });
    expect(done.json.user.email).toBe(to);
    expect((await verify(to, data.token_new)).status).toBe(403);
  });

  test("receives one token for an email change that only the new address confirms", async () => {
    respondWith([204, {}]);
    const single = await world.service(
      `${mailHook()}\n[auth.email]\ndouble_confirm_changes = false`,
    );
    const { access_token } = await single.newUser();
    const to = randomEmail();
    await single.call("PUT", "/user", { bearer: access_token, body: { email: to } });
    const { email_data: data } = JSON.parse(bodies[0] ?? "");
    expect(data).toMatchObject({ token_new: "", token_hash_new: "" });
    const proof = { type: "email_change", email: to, token: data.token };
    expect((await single.post("/verify", proof)).json.user.email).toBe(to);
  });

  test("is called up to three times, two seconds apart, when it asks for a retry", async () => {
    respondWith([503, { "retry-after": "1" }], [429, { "retry-after": "1" }], [202, json, "{}"]);
    const { email } = await service.newUser();
    const startedAt = Date.now();
    expect((await service.post("/recover", { email })).status).toBe(200);
    expect(Date.now() - startedAt).toBeGreaterThan(3900);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  test.each([
    [
      "returns an error",
      200,
      json,
      '{"error": {"http_code": 422, "message": "No mail for you"}}',
      422,
      "unknown",
    ],
    ["responds with 500", 500, json, "{}", 500, "unexpected_failure"],
    ["responds with 503 without retry-after", 503, json, "{}", 500, "unexpected_failure"],
    ["responds with 401", 401, json, "{}", 500, "unexpected_failure"],
    ["redirects", 302, { location: "http://127.0.0.1:1/" }, "", 500, "unexpected_failure"],
    [
      "responds without a JSON content type",
      200,
      { "content-type": "text/html" },
      "{}",
      500,
      "unexpected_failure",
    ],
    ["responds with incomplete JSON", 200, json, "{", 500, "unexpected_failure"],
    [
      "responds with more than 200 KB",
      200,
      json,
      JSON.stringify({ a: "x".repeat(201 * 1024) }),
      500,
      "unexpected_failure",
    ],
  ])(
    "fails the request and stores no token when it %s",
    async (_how, status, headers, text, expectedStatus, code) => {
      const { email, user } = await service.newUser();
      respondWith([status, headers, text]);
      expect(await service.post("/recover", { email })).toMatchObject(
        refused(expectedStatus, code),
      );
      const rows = await sql`select from auth.one_time_tokens where user_id = ${user.id}`;
      expect(rows).toHaveLength(0);
    },
  );

  test("fails the request after five seconds without a response", async () => {
    const { email } = await service.newUser();
    upstream.answers(() => undefined);
    const startedAt = Date.now();
    expect(await service.post("/recover", { email })).toMatchObject(
      refused(500, "unexpected_failure"),
    );
    expect(Date.now() - startedAt).toBeLessThan(30_000);
  });

  test("can use plain HTTP only on this machine", async () => {
    for (const uri of ["http://hooks.example.com/mail", "ftp://127.0.0.1/", "mail"]) {
      const outside = await world.service(mailHook(uri));
      const { email } = await outside.newUser();
      expect(await outside.post("/recover", { email })).toMatchObject(
        refused(500, "unexpected_failure"),
      );
    }
    respondWith([204, {}]);
    const docker = await world.service(mailHook(`http://host.docker.internal:${port}/mail`));
    const { email } = await docker.newUser();
    expect((await docker.post("/recover", { email })).status).toBe(200);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
