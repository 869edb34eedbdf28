/** Second factors: enrol, challenge, verify, unenroll, and what they do to sessions and tokens. */
import { decodeJwt } from "jose";
import { Secret, TOTP } from "otpauth";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isCodeOf } from "../../src/auth/totp.ts";
import { type Answer, type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

const enabled = "[auth.mfa.totp]\nenroll_enabled = true\nverify_enabled = true\n";
const ip = "203.0.113.50";

let world: AuthWorld;
let sql: Sql;
let service: AuthService;

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  service = await world.service(enabled);
});

afterAll(() => world.stop());

const refused = (status: number, code: string, message?: string) => ({
  status,
  json: { code, ...(message === undefined ? {} : { message }) },
});

const codeOf = (secret: string, timestamp = Date.now()): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

const wrongCodeOf = (secret: string): string => {
  const near = [-60_000, -30_000, 0, 30_000, 60_000].map((shift) =>
    codeOf(secret, Date.now() + shift),
  );
  return ["000000", "000001", "000002", "000003", "000004", "000005"].find(
    (code) => !near.includes(code),
  ) as string;
};

const enroll = (bearer: string, body: object = {}, by = service): Promise<Answer> =>
  by.post("/factors", { factor_type: "totp", ...body }, { bearer });

const challenge = (bearer: string, factor: string, from = ip): Promise<Answer> =>
  service.post(`/factors/${factor}/challenge`, {}, { bearer, ip: from });

const verify = (
  bearer: string,
  factor: string,
  challenge_id: string,
  code: string,
  from = ip,
): Promise<Answer> =>
  service.post(`/factors/${factor}/verify`, { challenge_id, code }, { bearer, ip: from });

const unenroll = (bearer: string, factor: string): Promise<Answer> =>
  service.call("DELETE", `/factors/${factor}`, { bearer });

const read = (bearer: string) => service.call("GET", "/user", { bearer });

/** Verifies a code in a session and returns the tokens of `aal2`. */
async function raise(bearer: string, factor: string, secret: string): Promise<Answer["json"]> {
  const { json } = await challenge(bearer, factor);
  const answer = await verify(bearer, factor, json.id, codeOf(secret));
  expect(answer.status).toBe(200);
  return answer.json;
}

/** A user with one verified factor, signed in with it. */
async function protectedUser() {
  const user = await service.newUser();
  const { json: factor } = await enroll(user.access_token, { friendly_name: "Phone" });
  const secret: string = factor.totp.secret;
  const tokens = await raise(user.access_token, factor.id, secret);
  return {
    email: user.email as string,
    id: user.user.id as string,
    first: user,
    factor: factor.id as string,
    secret,
    tokens,
    signIn: async () => (await service.signIn(user.email)).json,
  };
}

const claimsOf = ({ access_token }: { access_token: string }) => decodeJwt(access_token);

describe("a code", () => {
  // The SHA-1 example of RFC 6238 at 59 seconds, whose last six digits are 287082.
  const secret = Secret.fromUTF8("12345678901234567890").base32;

  test.each([
    [59_000, true],
    [29_000, true],
    [89_000, true],
    [119_000, false],
    [1_111_111_109_000, false],
  ])("of the half minute around 59 seconds is right at %i: %s", (now, right) => {
    expect(isCodeOf(secret, "287082", now)).toBe(right);
  });

  test.each(["", "28708", "2870822", "28708x", "287 82"])("is not %o", (code) => {
    expect(isCodeOf(secret, code, 59_000)).toBe(false);
  });

  test("can be surrounded by space", () => {
    expect(isCodeOf(secret, " 287082 ", 59_000)).toBe(true);
  });
});

describe("an enrolment", () => {
  test("returns a secret as text, as a URI and as a QR code, and stores the factor unverified", async () => {
    const { email, access_token } = await service.newUser();
    const { status, json } = await enroll(access_token, { friendly_name: "Phone" });
    expect(status).toBe(200);
    expect(json).toEqual({
      id: expect.any(String),
      type: "totp",
      friendly_name: "Phone",
      totp: {
        qr_code: expect.stringMatching(/^<svg [^#]*<\/svg>$/),
        secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
        uri: expect.stringMatching(/^otpauth:\/\/totp\//),
      },
    });
    const uri = new URL(json.totp.uri);
    expect(decodeURIComponent(uri.pathname)).toContain(`127.0.0.1:3000:${email}`);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: "127.0.0.1:3000",
      secret: json.totp.secret,
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
    const { json: user } = await read(access_token);
    expect(user.factors).toEqual([
      {
        id: json.id,
        friendly_name: "Phone",
        factor_type: "totp",
        status: "unverified",
        phone: "",
        created_at: expect.any(String),
        updated_at: expect.any(String),
        last_challenged_at: null,
      },
    ]);
  });

  test("takes the issuer of the request", async () => {
    const { access_token } = await service.newUser();
    const { json } = await enroll(access_token, { issuer: "Sextant" });
    expect(new URL(json.totp.uri).searchParams.get("issuer")).toBe("Sextant");
  });

  test("alone changes nothing for the session", async () => {
    const { access_token, refresh_token } = await service.newUser();
    await enroll(access_token);
    const { json } = await service.refresh(refresh_token);
    expect(claimsOf(json)).toMatchObject({ aal: "aal1", amr: [{ method: "password" }] });
  });

  test("is refused with the name of another factor, also twice without a name", async () => {
    const { access_token } = await service.newUser();
    await enroll(access_token, { friendly_name: "Phone" });
    expect(await enroll(access_token, { friendly_name: "Phone" })).toMatchObject(
      refused(
        422,
        "mfa_factor_name_conflict",
        'A factor with the friendly name "Phone" for this user already exists',
      ),
    );
    await enroll(access_token);
    expect(await enroll(access_token)).toMatchObject(refused(422, "mfa_factor_name_conflict"));
  });

  test("is refused beyond max_enrolled_factors", async () => {
    const strict = await world.service(`[auth.mfa]\nmax_enrolled_factors = 1\n${enabled}`);
    const { access_token } = await service.newUser();
    expect(await enroll(access_token, { friendly_name: "A" }, strict)).toMatchObject({
      status: 200,
    });
    expect(await enroll(access_token, { friendly_name: "B" }, strict)).toMatchObject(
      refused(422, "too_many_enrolled_mfa_factors"),
    );
  });

  test("removes enrolments that were abandoned more than five minutes ago", async () => {
    const { access_token } = await service.newUser();
    const { json } = await enroll(access_token, { friendly_name: "Phone" });
    await sql`
      update auth.mfa_factors set created_at = now() - interval '6 minutes' where id = ${json.id}`;
    expect(await enroll(access_token, { friendly_name: "Phone" })).toMatchObject({ status: 200 });
  });

  test.each([
    ["of an unknown type", { factor_type: "pigeon" }, 400, "validation_failed"],
    ["of no type", { factor_type: "" }, 400, "validation_failed"],
    ["by phone", { factor_type: "phone" }, 422, "mfa_phone_enroll_not_enabled"],
    ["by WebAuthn", { factor_type: "webauthn" }, 422, "mfa_webauthn_enroll_not_enabled"],
  ])("%s is refused", async (_, body, status, code) => {
    const { access_token } = await service.newUser();
    expect(await enroll(access_token, body)).toMatchObject(refused(status, code));
  });

  test("is refused unless the project enables it", async () => {
    const off = await world.service();
    const { access_token } = await off.newUser();
    expect(await enroll(access_token, {}, off)).toMatchObject(
      refused(422, "mfa_totp_enroll_not_enabled"),
    );
  });

  test("by phone or WebAuthn is answered with 501 where the project enables it", async () => {
    const other = await world.service(
      "[auth.mfa.phone]\nenroll_enabled = true\n[auth.mfa.web_authn]\nenroll_enabled = true\n",
    );
    const { access_token } = await other.newUser();
    for (const factor_type of ["phone", "webauthn"]) {
      expect(await enroll(access_token, { factor_type }, other)).toMatchObject(
        refused(501, "not_implemented"),
      );
    }
  });

  test("needs a session", async () => {
    expect(await service.post("/factors", { factor_type: "totp" })).toMatchObject({ status: 401 });
  });
});

describe("a verification", () => {
  test("raises the session to aal2 and returns its new tokens", async () => {
    const { tokens, first, factor, id } = await protectedUser();
    expect(tokens).toMatchObject({ token_type: "bearer", user: { id } });
    expect(tokens.user.factors).toMatchObject([{ id: factor, status: "verified" }]);
    expect(claimsOf(tokens)).toMatchObject({
      aal: "aal2",
      amr: [{ method: "totp" }, { method: "password" }],
      session_id: claimsOf(first).session_id,
    });
    const [session] = await sql`
      select aal::text, factor_id from auth.sessions where id = ${String(claimsOf(first).session_id)}`;
    expect(session).toEqual({ aal: "aal2", factor_id: factor });
    expect(claimsOf((await service.refresh(tokens.refresh_token)).json)).toMatchObject({
      aal: "aal2",
    });
  });

  test("ends the refresh tokens that the session had before", async () => {
    const { first } = await protectedUser();
    expect(await service.refresh(first.refresh_token)).toMatchObject(
      refused(400, "refresh_token_not_found"),
    );
  });

  test("ends the user's sessions without a second factor, and keeps those with one", async () => {
    const { tokens, signIn, factor, secret, email } = await protectedUser();
    const bystander = await service.newUser();
    const weak = await signIn();
    const second = await service.signIn(email);
    await raise(second.json.access_token, factor, secret);
    expect(await read(weak.access_token)).toMatchObject(refused(403, "session_not_found"));
    expect(await read(tokens.access_token)).toMatchObject({ status: 200 });
    expect(await read(bystander.access_token)).toMatchObject({ status: 200 });
  });

  test("removes the user's other enrolments", async () => {
    const { access_token } = await service.newUser();
    await enroll(access_token, { friendly_name: "abandoned" });
    const { json } = await enroll(access_token, { friendly_name: "used" });
    const { user } = await raise(access_token, json.id, json.totp.secret);
    expect(user.factors).toMatchObject([{ friendly_name: "used" }]);
  });

  test("is refused with a wrong code, and works with the right one afterwards", async () => {
    const { access_token } = await service.newUser();
    const { json: factor } = await enroll(access_token);
    const { secret } = factor.totp;
    const { json } = await challenge(access_token, factor.id);
    expect(await verify(access_token, factor.id, json.id, wrongCodeOf(secret))).toMatchObject(
      refused(422, "mfa_verification_failed", "Invalid TOTP code entered"),
    );
    expect((await read(access_token)).json.factors).toMatchObject([{ status: "unverified" }]);
    expect(await verify(access_token, factor.id, json.id, codeOf(secret))).toMatchObject({
      status: 200,
    });
  });

  test("uses the challenge up, also when two arrive at once", async () => {
    const { signIn, factor, secret } = await protectedUser();
    const { access_token } = await signIn();
    const { json } = await challenge(access_token, factor);
    const answers = await Promise.all(
      [1, 2].map(() => verify(access_token, factor, json.id, codeOf(secret))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await verify(access_token, factor, json.id, codeOf(secret))).toMatchObject(
      refused(422, "mfa_ip_address_mismatch"),
    );
  });

  test("is refused from another client address", async () => {
    const { signIn, factor, secret } = await protectedUser();
    const { access_token } = await signIn();
    const { json } = await challenge(access_token, factor, "203.0.113.51");
    expect(
      await verify(access_token, factor, json.id, codeOf(secret), "203.0.113.52"),
    ).toMatchObject(refused(422, "mfa_ip_address_mismatch"));
  });

  test("is refused five minutes after the challenge", async () => {
    const { signIn, factor, secret } = await protectedUser();
    const { access_token } = await signIn();
    const { json } = await challenge(access_token, factor);
    expect(json).toMatchObject({ type: "totp", expires_at: expect.any(Number) });
    expect(Math.abs(json.expires_at - Date.now() / 1000 - 300)).toBeLessThan(60);
    await sql`
      update auth.mfa_challenges set created_at = now() - interval '301 seconds'
      where id = ${json.id}`;
    expect(await verify(access_token, factor, json.id, codeOf(secret))).toMatchObject(
      refused(422, "mfa_challenge_expired"),
    );
  });

  test("is refused with the challenge of another factor", async () => {
    const { signIn, factor, secret, tokens } = await protectedUser();
    const { json: other } = await enroll(tokens.access_token, { friendly_name: "Other" });
    const { json: foreign } = await challenge(tokens.access_token, other.id);
    const { access_token } = await signIn();
    for (const id of [foreign.id, "00000000-0000-4000-8000-000000000000", "x", ""]) {
      expect(await verify(access_token, factor, id, codeOf(secret))).toMatchObject(
        refused(422, "mfa_factor_not_found"),
      );
    }
  });

  test("is refused without a code, for an unknown factor and for one of another user", async () => {
    const { signIn, factor } = await protectedUser();
    const { access_token } = await signIn();
    const stranger = await service.newUser();
    expect(await verify(access_token, factor, "x", "")).toMatchObject(
      refused(400, "validation_failed"),
    );
    expect(await challenge(access_token, "x")).toMatchObject(refused(404, "validation_failed"));
    for (const answer of [
      await challenge(stranger.access_token, factor),
      await verify(stranger.access_token, factor, "x", "123456"),
      await unenroll(stranger.access_token, factor),
      await challenge(access_token, "00000000-0000-4000-8000-000000000000"),
    ]) {
      expect(answer).toMatchObject(refused(404, "mfa_factor_not_found"));
    }
  });

  test("is refused unless the project enables it", async () => {
    const { signIn, factor } = await protectedUser();
    const { access_token } = await signIn();
    const off = await world.service("[auth.mfa.totp]\nenroll_enabled = true\n");
    for (const [path, body] of [
      ["challenge", {}],
      ["verify", { challenge_id: "x", code: "123456" }],
    ] as const) {
      expect(
        await off.post(`/factors/${factor}/${path}`, body, { bearer: access_token }),
      ).toMatchObject(refused(422, "mfa_totp_verify_not_enabled"));
    }
  });

  test("is limited for each client address", async () => {
    const { access_token } = await service.newUser();
    const { json: factor } = await enroll(access_token);
    const from = "203.0.113.77";
    const codes = new Set<number>();
    for (let attempt = 0; attempt < 80; attempt += 1) {
      codes.add((await verify(access_token, factor.id, "x", "123456", from)).status);
    }
    expect(codes).toEqual(new Set([422, 429]));
  });
});

describe("without the second factor, a session of a user who has one", () => {
  test("is aal1 after a sign-in", async () => {
    const { signIn } = await protectedUser();
    expect(claimsOf(await signIn())).toMatchObject({ aal: "aal1", amr: [{ method: "password" }] });
  });

  test("cannot enrol, unenroll, or change password or address", async () => {
    const { signIn, factor } = await protectedUser();
    const { access_token } = await signIn();
    expect(await enroll(access_token, { friendly_name: "Mine" })).toMatchObject(
      refused(403, "insufficient_aal", "AAL2 required to enroll a new factor"),
    );
    expect(await unenroll(access_token, factor)).toMatchObject(
      refused(422, "insufficient_aal", "AAL2 required to unenroll verified factor"),
    );
    for (const body of [{ password: "Another-horse-8!" }, { email: randomEmail() }]) {
      expect(await service.call("PUT", "/user", { bearer: access_token, body })).toMatchObject(
        refused(401, "insufficient_aal"),
      );
    }
    expect(await service.signIn((await read(access_token)).json.email, password)).toMatchObject({
      status: 200,
    });
  });

  test("can change its metadata and sign out", async () => {
    const { signIn } = await protectedUser();
    const { access_token } = await signIn();
    const body = { data: { theme: "dark" } };
    expect(await service.call("PUT", "/user", { bearer: access_token, body })).toMatchObject({
      status: 200,
    });
    expect(
      await service.call("POST", "/logout?scope=local", { bearer: access_token }),
    ).toMatchObject({ status: 204 });
  });
});

describe("removing a factor", () => {
  test("lowers the sessions verified with it to aal1, and no others", async () => {
    const { tokens, factor } = await protectedUser();
    const { json: other } = await enroll(tokens.access_token, { friendly_name: "Other" });
    const again = await raise(tokens.access_token, other.id, other.totp.secret);
    expect(await unenroll(again.access_token, factor)).toMatchObject({
      status: 200,
      json: { id: factor },
    });
    const renewed = await service.refresh(again.refresh_token);
    expect(claimsOf(renewed.json)).toMatchObject({ aal: "aal2" });
    expect(await unenroll(again.access_token, other.id)).toMatchObject({ status: 200 });
    const last = await service.refresh(renewed.json.refresh_token);
    expect(claimsOf(last.json)).toMatchObject({ aal: "aal1", amr: [{ method: "password" }] });
    expect(last.json.user).not.toHaveProperty("factors");
  });

  test("needs no second factor before it was verified", async () => {
    const { access_token } = await service.newUser();
    const { json } = await enroll(access_token);
    expect(await unenroll(access_token, json.id)).toMatchObject({ status: 200 });
  });

  test("is open to an administrator, who can list factors too", async () => {
    const { id, factor, tokens } = await protectedUser();
    const admin = service.admin().auth.admin.mfa;
    expect((await admin.listFactors({ userId: id })).data).toMatchObject({
      factors: [{ id: factor, status: "verified", factor_type: "totp", friendly_name: "Phone" }],
    });
    expect((await admin.deleteFactor({ userId: id, id: factor })).data).toMatchObject({
      data: { id: factor },
    });
    expect((await admin.listFactors({ userId: id })).data).toEqual({ factors: [] });
    expect(claimsOf((await service.refresh(tokens.refresh_token)).json)).toMatchObject({
      aal: "aal1",
    });
  });

  test("is refused to users under the admin path", async () => {
    const { id, factor, tokens } = await protectedUser();
    const path = `/admin/users/${id}/factors/${factor}`;
    expect(await service.call("DELETE", path, { bearer: tokens.access_token })).toMatchObject(
      refused(403, "not_admin"),
    );
  });
});

describe("mfa_verification_attempt", () => {
  let hooked: AuthService;

  beforeAll(async () => {
    await sql`create schema factor_hooks`;
    await sql`grant usage on schema factor_hooks to supabase_auth_admin`;
    await sql`create table factor_hooks.calls (id bigint generated always as identity, event jsonb)`;
    const uri = "pg-functions://postgres/factor_hooks/attempt";
    hooked = await world.service(
      `${enabled}[auth.hook.mfa_verification_attempt]\nenabled = true\nuri = "${uri}"\n`,
    );
  });

  const define = (answer: string) =>
    sql.unsafe(`
      create or replace function factor_hooks.attempt(event jsonb) returns jsonb language plpgsql
      security definer set search_path = '' as $$ begin
        insert into factor_hooks.calls (event) values (event);
        return '${answer}';
      end $$;
      grant execute on function factor_hooks.attempt to supabase_auth_admin`);

  async function attempt(code: (secret: string) => string) {
    const { access_token, user } = await hooked.newUser();
    const { json: factor } = await enroll(access_token, {}, hooked);
    const call = { bearer: access_token, ip };
    const { json } = await hooked.post(`/factors/${factor.id}/challenge`, {}, call);
    const body = { challenge_id: json.id, code: code(factor.totp.secret) };
    const answer = await hooked.post(`/factors/${factor.id}/verify`, body, call);
    return { answer, access_token, userId: user.id as string, factor: factor.id as string };
  }

  test("learns of every attempt, wrong or right", async () => {
    await define('{"decision": "continue"}');
    const wrong = await attempt(wrongCodeOf);
    expect(wrong.answer).toMatchObject(refused(422, "mfa_verification_failed"));
    const right = await attempt(codeOf);
    expect(right.answer).toMatchObject({ status: 200 });
    const calls = await sql`select event from factor_hooks.calls order by id`;
    expect(calls.map(({ event }) => event)).toMatchObject(
      [wrong, right].map(({ userId, factor }, index) => ({
        user_id: userId,
        factor_id: factor,
        factor_type: "totp",
        valid: index === 1,
      })),
    );
  });

  test("rejects a right code and then ends every session of the user", async () => {
    await define('{"decision": "reject", "message": "Not today."}');
    const { answer, access_token } = await attempt(codeOf);
    expect(answer).toMatchObject(refused(403, "mfa_verification_rejected", "Not today."));
    expect(await read(access_token)).toMatchObject(refused(403, "session_not_found"));
  });

  test("answers with an error of its own and leaves the sessions", async () => {
    await define('{"error": {"http_code": 429, "message": "Slow down."}}');
    const { answer, access_token } = await attempt(codeOf);
    expect(answer).toMatchObject({ status: 429, json: { message: "Slow down." } });
    expect((await read(access_token)).json.factors).toMatchObject([{ status: "unverified" }]);
  });
});

describe("supabase-js", () => {
  test("enrols, verifies, reads the level and unenrolls", async () => {
    const { email } = await service.newUser();
    const { auth } = service.client();
    await auth.signInWithPassword({ email, password });
    const { data: factor, error } = await auth.mfa.enroll({
      factorType: "totp",
      friendlyName: "Phone",
    });
    if (error) throw error;
    expect(factor.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg /);
    expect((await auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
      currentLevel: "aal1",
      nextLevel: "aal1",
    });

    // The client sends each request from another address; a challenge belongs to one.
    const { data: open } = await auth.mfa.challenge({ factorId: factor.id });
    await sql`update auth.mfa_challenges set ip_address = '127.0.0.1' where id = ${open?.id ?? ""}`;
    const bearer = (await auth.getSession()).data.session?.access_token ?? "";
    const code = codeOf(factor.totp.secret);
    const { json } = await verify(bearer, factor.id, open?.id ?? "", code, "127.0.0.1");
    await auth.setSession(json);

    expect((await auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
      currentLevel: "aal2",
      nextLevel: "aal2",
    });
    expect((await auth.mfa.listFactors()).data?.totp).toMatchObject([{ id: factor.id }]);
    expect((await auth.mfa.unenroll({ factorId: factor.id })).data).toEqual({ id: factor.id });
    await auth.refreshSession();
    expect((await auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
      currentLevel: "aal1",
      nextLevel: "aal1",
    });
  });
});
