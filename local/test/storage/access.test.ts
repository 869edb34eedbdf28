/** Row level security of objects: the policies that each operation needs, and what signed URLs allow. */
import { createHmac, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import {
  admin,
  client,
  isEmbedded,
  newUser,
  type Person,
  query,
  secretKey,
} from "../contract/target.ts";
import { denied, failure, fetchObject, noBucket, notFound, storageUrl } from "./support.ts";

let person: Person;
let other: Person;
beforeAll(async () => {
  [person, other] = await Promise.all([newUser(), newUser()]);
});

const place = () => `${person.user.id}/${randomUUID()}`;
const from = (who: Person, bucket: string) => who.client.storage.from(bucket);

test("a user cannot write to, read from or learn about another user's folder", async () => {
  const path = place();
  await from(person, "own").upload(path, "private");
  const files = from(other, "own");
  expect(failure(await files.upload(`${person.user.id}/x`, "x"))).toEqual(denied);
  expect(failure(await files.upload(path, "x", { upsert: true }))).toEqual(denied);
  expect(failure(await files.update(path, "x"))).toEqual(denied);
  expect(failure(await files.download(path))).toEqual(notFound);
  expect(failure(await files.info(path))).toEqual(notFound);
  expect(failure(await files.createSignedUrl(path, 60))).toEqual(notFound);
  expect(failure(await files.createSignedUploadUrl(path))).toMatchObject({ status: 400 });
  expect(failure(await files.move(path, `${other.user.id}/x`))).toEqual(notFound);
  expect(failure(await files.copy(path, `${other.user.id}/x`))).toEqual(notFound);
  expect((await files.remove([path])).data).toEqual([]);
  expect((await files.list(person.user.id)).data).toEqual([]);
  expect((await files.listV2({ prefix: person.user.id })).data?.objects).toEqual([]);
  const one = await fetchObject(`/object/own/${path}`, other.session.access_token, {
    method: "DELETE",
  });
  expect(await one.json()).toMatchObject({ statusCode: "403", code: "AccessDenied" });
  const { data } = await from(person, "own").download(path);
  expect(await data?.text()).toBe("private");
});

test("uploading needs only the right to insert; replacing, reading and removing need more", async () => {
  const path = place();
  const files = from(person, "dropbox");
  expect((await files.upload(path, "dropped")).error).toBeNull();
  expect(failure(await files.upload(place(), "x", { upsert: true }))).toEqual(denied);
  expect(failure(await files.download(path))).toEqual(notFound);
  expect((await files.remove([path])).data).toEqual([]);
  const [row] = await query("select owner_id, owner from storage.objects where name = $1", [path]);
  expect(row).toEqual({ owner_id: person.user.id, owner: person.user.id });
});

test("the rights to select and insert are not enough to replace or remove an object", async () => {
  const path = place();
  const files = from(person, "archive");
  expect((await files.upload(path, "kept")).error).toBeNull();
  expect(failure(await files.upload(path, "x", { upsert: true }))).toEqual(denied);
  expect((await files.remove([path])).data).toEqual([]);
  expect(failure(await files.move(path, place()))).toMatchObject({ status: 400 });
  expect(await (await files.download(path)).data?.text()).toBe("kept");
});

test("policies can read the name of the operation", async () => {
  const files = from(person, "operations");
  const named = (operation: string) => `${operation}/${randomUUID()}`;
  const upload = named("storage.object.upload");
  expect((await files.upload(upload, "x")).error).toBeNull();
  expect(failure(await files.upload(named("storage.object.copy"), "x"))).toEqual(denied);
  expect((await files.update(named("storage.object.upload_update"), "x")).error).toBeNull();
  const signed = await files.createSignedUploadUrl(named("storage.object.sign_upload_url"));
  expect(signed.error).toBeNull();
  const readers: Readonly<Record<string, (path: string) => Promise<{ error: unknown }>>> = {
    "storage.object.get_authenticated": async (path) => files.download(path),
    "object.get_authenticated_info": (path) => files.info(path),
    "storage.object.sign": (path) => files.createSignedUrl(path, 60),
  };
  for (const [operation, read] of Object.entries(readers)) {
    const path = named(operation);
    await admin.storage.from("operations").upload(path, "x");
    expect((await read(path)).error, operation).toBeNull();
    for (const [another, wrong] of Object.entries(readers)) {
      if (another !== operation) expect(failure(await wrong(path)), another).toEqual(notFound);
    }
  }
  for (const [operation, list] of [
    ["storage.object.list", async (path: string) => (await files.list(path)).data],
    [
      "storage.object.list_v2",
      async (path: string) => (await files.listV2({ prefix: path })).data?.objects,
    ],
  ] as const) {
    await admin.storage.from("operations").upload(named(operation), "x");
    expect(await list(operation), operation).toHaveLength(1);
  }
  const removed = named("storage.object.delete_many");
  await admin.storage.from("operations").upload(removed, "x");
  expect((await files.remove([removed])).data).toHaveLength(1);
});

test("keeps the old object when a trigger rejects the final write", async () => {
  const path = `${place()}.sealed`;
  const files = from(person, "own");
  expect((await files.upload(path, "first")).error).toBeNull();
  expect(failure(await files.upload(path, "second", { upsert: true }))).toEqual(denied);
  const token = (await files.createSignedUploadUrl(path, { upsert: true })).data?.token ?? "";
  expect(failure(await files.uploadToSignedUrl(path, token, "third"))).toEqual(denied);
  expect(await (await files.download(path)).data?.text()).toBe("first");
});

describe("authentication", () => {
  test("hides private buckets from requests without a valid token, and serves public ones", async () => {
    const path = place();
    await admin.storage.from("open").upload(path, "open");
    await from(person, "own").upload(path, "closed");
    for (const init of [{}, { headers: { authorization: "Bearer nonsense" } }]) {
      const open = await fetch(`${storageUrl}/object/open/${path}`, init);
      expect(await open.text()).toBe("open");
      for (const route of ["object", "object/info", "object/authenticated"]) {
        const closed = await fetch(`${storageUrl}/${route}/own/${path}`, init);
        expect(await closed.json()).toMatchObject({ statusCode: "404", code: "NoSuchBucket" });
      }
    }
    expect(failure(await client().storage.from("own").download(path))).toEqual(notFound);
  });

  test("rejects an invalid token on all other routes", async () => {
    const [head, body] = person.session.access_token.split(".");
    const forged = `${head}.${body}.${"a".repeat(43)}`;
    for (const token of [forged, "nonsense", `${head}.${body}.`]) {
      const answer = await fetchObject("/object/list/own", token, {
        method: "POST",
        body: JSON.stringify({ prefix: "" }),
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ statusCode: "403", code: "AccessDenied" });
    }
    // Upstream refuses a request without the header before it looks for a token.
    const none = await fetch(`${storageUrl}/bucket`);
    expect(await none.json()).toMatchObject({ statusCode: "400", code: "InvalidRequest" });
  });

  test("denies anon access without a policy", async () => {
    expect(failure(await client().storage.from("dropbox").upload("x/y", "z"))).toEqual(denied);
    expect((await client().storage.from("own").list()).data).toEqual([]);
  });

  test("ignores policies when reading public buckets, but not when listing or signing", async () => {
    const path = place();
    await admin.storage.from("open").upload(path, "open");
    const files = from(person, "open");
    expect(await (await files.download(path)).data?.text()).toBe("open");
    expect((await files.list(person.user.id)).data).toEqual([]);
    expect(failure(await files.createSignedUrl(path, 60))).toEqual(notFound);
  });
});

describe("signed URLs", () => {
  const tokenOf = (url: string | undefined) => new URL(url ?? "").searchParams.get("token") ?? "";

  test("give access to one object of one bucket, for one purpose", async () => {
    const [path, another] = [place(), place()];
    for (const name of [path, another]) await from(person, "own").upload(name, "x");
    const signed = await from(person, "own").createSignedUrl(path, 60);
    const read = tokenOf(signed.data?.signedUrl);
    const write = (await from(person, "own").createSignedUploadUrl(place())).data?.token ?? "";
    const user = person.session.access_token;
    for (const [name, token] of [
      [`own/${another}`, read],
      [`small/${path}`, read],
      [`own/${path}`, write],
      [`own/${path}`, user],
      [`own/${path}`, `${read}x`],
      [`own/${path}`, ""],
    ]) {
      const answer = await fetch(`${storageUrl}/object/sign/${name}?token=${token}`);
      expect(answer.status).toBe(400);
      const { code } = (await answer.json()) as { code: string };
      expect(["InvalidJWT", "InvalidSignature"]).toContain(code);
    }
    for (const [name, token] of [
      [path, read],
      [another, write],
      [path, user],
    ] as const) {
      const put = await from(person, "own").uploadToSignedUrl(name, token, "y");
      expect(failure(put)).toMatchObject({ status: 400, statusCode: "400" });
    }
    // None of them is accepted as a bearer token.
    expect(failure(await bearer(read).from("own").download(path))).toEqual(notFound);
  });

  test("are rejected after they expire", async () => {
    const path = place();
    await from(person, "own").upload(path, "x");
    const { data } = await from(person, "own").createSignedUrl(path, 1);
    expect((await fetch(data?.signedUrl ?? "")).status).toBe(200);
    await expect
      .poll(async () => (await fetch(data?.signedUrl ?? "")).json().catch(() => ({})), {
        timeout: 5000,
      })
      .toMatchObject({
        statusCode: "400",
        code: "InvalidJWT",
        message: '"exp" claim timestamp check failed',
      });
  });

  test.runIf(isEmbedded)("are rejected without a signature or with another secret", async () => {
    const path = place();
    await from(person, "own").upload(path, "x");
    const claims = { url: `own/${path}`, scope: "download", exp: 4_000_000_000 };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const none = `${encode({ alg: "none" })}.${encode(claims)}.`;
    const head = `${encode({ alg: "HS256" })}.${encode(claims)}`;
    const forged = `${head}.${createHmac("sha256", secretKey).update(head).digest("base64url")}`;
    for (const token of [none, forged]) {
      const answer = await fetch(`${storageUrl}/object/sign/own/${path}?token=${token}`);
      expect(await answer.json()).toMatchObject({ statusCode: "400", code: "InvalidJWT" });
    }
  });

  test("must expire after a positive whole number of seconds", async () => {
    const path = place();
    await from(person, "own").upload(path, "x");
    for (const seconds of [0, -1, 1.5]) {
      const answer = await from(person, "own").createSignedUrl(path, seconds);
      expect(failure(answer)).toMatchObject({ status: 400, code: "InvalidRequest" });
    }
  });
});

const bearer = (token: string) => {
  const anonymous = client();
  anonymous.storage.setHeader("authorization", `Bearer ${token}`);
  return anonymous.storage;
};

test("reports a missing bucket on every operation", async () => {
  expect(failure(await from(person, "gone").download("x"))).toEqual(noBucket);
  expect(failure(await from(person, "gone").createSignedUploadUrl("x"))).toEqual(noBucket);
  const moved = await from(person, "own").upload(place(), "x");
  const to = { destinationBucket: "gone" };
  expect(
    failure(await from(person, "own").move(moved.data?.path ?? "", place(), to)),
  ).toMatchObject({ status: 400 });
});
