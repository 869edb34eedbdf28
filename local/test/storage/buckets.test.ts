/** Buckets through supabase-js, and the limits they set for their objects. */
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { admin, isEmbedded, newUser } from "../contract/target.ts";
import { failure, fetchObject, noBucket, tooLarge } from "./support.ts";

const fresh = () => `bucket-${randomUUID()}`;

describe("buckets", () => {
  test("can be created, read, updated, emptied and deleted", async () => {
    const id = fresh();
    const created = await admin.storage.createBucket(id, {
      public: false,
      fileSizeLimit: "1.5MB",
      allowedMimeTypes: ["image/*"],
    });
    expect(created.data).toEqual({ name: id });
    expect((await admin.storage.getBucket(id)).data).toMatchObject({
      id,
      name: id,
      public: false,
      file_size_limit: 1_500_000,
      allowed_mime_types: ["image/*"],
      created_at: expect.any(String),
    });
    const changed = await admin.storage.updateBucket(id, {
      public: true,
      fileSizeLimit: null,
      allowedMimeTypes: null,
    });
    expect(changed.data).toEqual({ message: "Successfully updated" });
    expect((await admin.storage.getBucket(id)).data).toMatchObject({
      public: true,
      file_size_limit: null,
      allowed_mime_types: null,
    });
    await admin.storage.from(id).upload("a/b", "x");
    expect(failure(await admin.storage.deleteBucket(id))).toMatchObject({
      statusCode: "409",
      message: "The bucket you tried to delete is not empty",
    });
    await admin.storage.emptyBucket(id);
    await expect.poll(async () => (await admin.storage.from(id).list()).data).toEqual([]);
    expect((await admin.storage.deleteBucket(id)).data).toEqual({
      message: "Successfully deleted",
    });
    expect(failure(await admin.storage.getBucket(id))).toEqual(noBucket);
  });

  test("can be listed with limit, order and search", async () => {
    const mark = randomUUID();
    for (const name of ["b", "a"]) await admin.storage.createBucket(`${mark}-${name}`);
    const { data } = await admin.storage.listBuckets({
      search: mark,
      sortColumn: "name",
      sortOrder: "desc",
      limit: 1,
    });
    expect(data?.map(({ name }) => name)).toEqual([`${mark}-b`]);
    // Only the list has the type.
    expect(data?.[0]?.type).toBe("STANDARD");
    expect((await admin.storage.getBucket(`${mark}-b`)).data).not.toHaveProperty("type");
  });

  test("cannot have a used name, an invalid name or a limit above the project's", async () => {
    const id = fresh();
    await admin.storage.createBucket(id);
    expect(failure(await admin.storage.createBucket(id))).toMatchObject({
      statusCode: "409",
      code: "BucketAlreadyExists",
    });
    for (const name of ["a/b", " a", "ü", "", "x".repeat(101), ".."]) {
      expect(failure(await admin.storage.createBucket(name))).toMatchObject({ statusCode: "400" });
    }
    const wide = await admin.storage.createBucket(fresh(), { public: false, fileSizeLimit: "1GB" });
    expect(failure(wide)).toEqual(tooLarge);
    const odd = await admin.storage.createBucket(fresh(), {
      public: false,
      fileSizeLimit: "12 apples",
    });
    expect(failure(odd)).toMatchObject({ statusCode: "400" });
  });

  test("are protected by row level security from callers without a policy", async () => {
    const { client } = await newUser();
    expect(failure(await client.storage.createBucket(fresh()))).toMatchObject({
      statusCode: "403",
      code: "AccessDenied",
    });
    expect((await client.storage.listBuckets()).data).toEqual([]);
    for (const attempt of [
      client.storage.getBucket("own"),
      client.storage.updateBucket("own", { public: true }),
      client.storage.emptyBucket("own"),
    ]) {
      expect(failure(await attempt)).toEqual(noBucket);
    }
    // As upstream: a caller who may not delete a bucket sees none.
    expect(failure(await client.storage.deleteBucket("configured"))).toEqual(noBucket);
    expect((await admin.storage.getBucket("own")).data?.public).toBe(false);
  });

  test.runIf(isEmbedded)("are created from config.toml", async () => {
    expect((await admin.storage.getBucket("configured")).data).toMatchObject({
      public: true,
      file_size_limit: 1024 * 1024,
      allowed_mime_types: ["image/png"],
    });
  });
});

describe("a bucket's limits", () => {
  const small = admin.storage.from("small");
  const name = () => `x/${randomUUID()}`;

  test("reject objects that are too large, with every kind of upload", async () => {
    const type = { contentType: "text/css" };
    expect((await small.upload(name(), "x".repeat(1000), type)).error).toBeNull();
    const blob = new Blob(["x".repeat(1001)], { type: "text/css" });
    expect((await small.upload(name(), new Blob([blob.slice(1)]), type)).error).not.toBeNull();
    for (const body of ["x".repeat(1001), blob, blob.stream()]) {
      const path = name();
      expect(failure(await small.upload(path, body, type))).toEqual(tooLarge);
      expect((await small.exists(path)).data).toBe(false);
    }
  });

  test("reject other media types, comparing parameters too", async () => {
    expect((await small.upload(name(), "x", { contentType: "text/csv" })).error).toBeNull();
    expect((await small.upload(name(), "x", { contentType: "image/png" })).error).toBeNull();
    for (const contentType of ["image/jpeg", "image/png;charset=utf-8", "application/json"]) {
      expect(failure(await small.upload(name(), "x", { contentType }))).toMatchObject({
        statusCode: "415",
        code: "InvalidMimeType",
        message: `mime type ${contentType} is not supported`,
      });
    }
  });

  test("reject a media type that is not valid in a header", async () => {
    const form = new FormData();
    form.append("contentType", "text/plain\r\nset-cookie: a=b");
    form.append("", new Blob(["x"]));
    const own = admin.storage.from("own");
    expect(failure(await own.upload(name(), form))).toMatchObject({ code: "InvalidMimeType" });
  });

  test("reject uploads to and downloads from a bucket that does not exist", async () => {
    expect(failure(await admin.storage.from("nowhere").upload("a", "b"))).toEqual(noBucket);
    const answer = await fetchObject("/object/public/nowhere/a");
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      statusCode: "404",
      code: "NoSuchBucket",
      error: "Bucket not found",
      message: "Bucket not found",
    });
  });
});
