/** What Storage answers to requests that it refuses: status, code, name and text, each as upstream's. */
import { createHmac, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { fromDatabase } from "../../src/storage/database-errors.ts";
import { admin, isEmbedded, newUser, type Person, secretKey } from "../contract/target.ts";
import { storageUrl } from "./support.ts";

const id = randomUUID();
const taken = `${id}/taken.txt`;
let person: Person;

beforeAll(async () => {
  person = await newUser();
  await admin.storage.from("own").upload(taken, "x", { contentType: "text/plain" });
  await person.client.storage.from("own").upload(`${person.user.id}/own.txt`, "x");
});

interface Refusal {
  readonly http?: number;
  readonly status: string;
  readonly code: string;
  readonly error: string;
  readonly message: string;
}

interface Asked {
  readonly as?: "service" | "user" | "none";
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Fastify's validation, which names every refusal `Error`. */
const invalid = (message: string): Refusal => ({
  status: "400",
  code: "InvalidRequest",
  error: "Error",
  message,
});
const refused = (status: string, code: string, error: string, message: string): Refusal => ({
  status,
  code,
  error,
  message,
});
const missingKey = refused("404", "NoSuchKey", "not_found", "Object not found");
const missingBucket = refused("404", "NoSuchBucket", "Bucket not found", "Bucket not found");
const denied = refused(
  "403",
  "AccessDenied",
  "Unauthorized",
  "new row violates row-level security policy",
);
const badSize = refused(
  "400",
  "InvalidRequest",
  "InvalidRequest",
  "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B",
);

const expired = (): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part({ url: `own/${taken}`, exp: 1 })}`;
  return `${content}.${createHmac("sha256", "another secret").update(content).digest("base64url")}`;
};

const form = (text: string) =>
  ["--b", 'Content-Disposition: form-data; name="cacheControl"', "", text, "--b--", ""].join(
    "\r\n",
  );
const multipart = "multipart/form-data; boundary=b";

const table: readonly (readonly [string, string, Asked, Refusal])[] = [
  // Who asks.
  [
    "GET",
    "/bucket",
    { as: "none" },
    invalid("headers must have required property 'authorization'"),
  ],
  [
    "GET",
    "/bucket",
    { as: "none", headers: { authorization: "Bearer nonsense" } },
    refused("403", "AccessDenied", "Unauthorized", "Invalid Compact JWS"),
  ],
  // Buckets.
  ["GET", "/bucket/none", {}, missingBucket],
  ["POST", "/bucket", { body: {} }, invalid("body must have required property 'name'")],
  ["POST", "/bucket", { body: [] }, invalid("body must be object")],
  [
    "POST",
    "/bucket",
    { body: { name: "a/b" } },
    refused("400", "InvalidBucketName", "Invalid Input", "Bucket name invalid"),
  ],
  [
    "POST",
    "/bucket",
    { body: { name: "own" } },
    refused("409", "BucketAlreadyExists", "Duplicate", "The resource already exists"),
  ],
  ["POST", "/bucket", { as: "user", body: { name: id } }, denied],
  ["POST", "/bucket", { body: { name: id, file_size_limit: "1 ton" } }, badSize],
  ["POST", "/bucket", { body: { name: id, file_size_limit: -1 } }, badSize],
  [
    "POST",
    "/bucket",
    { body: { name: id, file_size_limit: {} } },
    invalid(
      "body/file_size_limit must be integer, body/file_size_limit must be string, body/file_size_limit must match a schema in anyOf",
    ),
  ],
  [
    "POST",
    "/bucket",
    { body: { name: id, file_size_limit: "900GB" } },
    refused(
      "413",
      "EntityTooLarge",
      "Payload too large",
      "The object exceeded the maximum allowed size",
    ),
  ],
  [
    "POST",
    "/bucket",
    { body: { name: id, allowed_mime_types: [{}] } },
    invalid("body/allowed_mime_types/0 must be string"),
  ],
  [
    "POST",
    "/bucket",
    { body: { name: id, allowed_mime_types: ["thing"] } },
    refused("415", "InvalidMimeType", "invalid_mime_type", "mime type thing is not supported"),
  ],
  [
    "PUT",
    "/bucket/own",
    { body: {} },
    refused("400", "InvalidRequest", "InvalidRequest", "No content provided"),
  ],
  ["PUT", "/bucket/none", { body: { public: true } }, missingBucket],
  ["PUT", "/bucket/own", { as: "user", body: { public: true } }, missingBucket],
  ["DELETE", "/bucket/none", {}, missingBucket],
  [
    "DELETE",
    "/bucket/own",
    {},
    refused(
      "409",
      "ResourceNotEmpty",
      "ResourceNotEmpty",
      "The bucket you tried to delete is not empty",
    ),
  ],
  ["POST", "/bucket/none/empty", {}, missingBucket],
  [
    "GET",
    "/bucket?sortOrder=sideways",
    {},
    invalid("querystring/sortOrder must be equal to one of the allowed values"),
  ],
  ["GET", "/bucket?limit=0", {}, invalid("querystring/limit must be >= 1")],
  // Objects.
  ["GET", `/object/own/${id}/none`, {}, missingKey],
  ["GET", "/object/none/x", {}, missingBucket],
  ["GET", `/object/public/own/${taken}`, {}, missingBucket],
  [
    "POST",
    `/object/own/${taken}`,
    { body: "x", type: "text/plain" },
    refused("409", "KeyAlreadyExists", "Duplicate", "The resource already exists"),
  ],
  ["POST", `/object/own/${id}/b`, { as: "user", body: "x", type: "text/plain" }, denied],
  [
    "POST",
    `/object/own/${id}/%E6%97%A5`,
    { body: "x", type: "text/plain" },
    refused("400", "InvalidKey", "InvalidKey", `Invalid key: ${id}/日`),
  ],
  ["POST", "/object/none/x", { body: "x", type: "text/plain" }, missingBucket],
  [
    "POST",
    `/object/small/${id}`,
    { body: "x", type: "video/mp4" },
    refused("415", "InvalidMimeType", "invalid_mime_type", "mime type video/mp4 is not supported"),
  ],
  [
    "POST",
    `/object/small/${id}`,
    { body: "x".repeat(1001), type: "text/plain" },
    refused(
      "413",
      "EntityTooLarge",
      "Payload too large",
      "The object exceeded the maximum allowed size",
    ),
  ],
  [
    "POST",
    `/object/own/${id}/f`,
    { body: form("60"), type: multipart },
    refused("400", "InvalidRequest", "InvalidRequest", "No content provided"),
  ],
  [
    "POST",
    `/object/own/${id}/f`,
    { body: form("60"), type: "multipart/form-data" },
    refused("400", "InvalidRequest", "InvalidRequest", "Multipart: Boundary not found"),
  ],
  ["DELETE", `/object/own/${id}/none`, {}, missingKey],
  [
    "DELETE",
    `/object/own/${taken}`,
    { as: "user" },
    refused("403", "AccessDenied", "Unauthorized", "Access denied"),
  ],
  ["DELETE", "/object/own", { body: {} }, invalid("body must have required property 'prefixes'")],
  [
    "DELETE",
    "/object/own",
    { body: { prefixes: [] } },
    invalid("body/prefixes must NOT have fewer than 1 items"),
  ],
  [
    "DELETE",
    "/object/own",
    { body: { prefixes: Array(1001).fill("x") } },
    invalid("body/prefixes must NOT have more than 1000 items"),
  ],
  [
    "DELETE",
    "/object/own",
    { body: { prefixes: ["a", {}] } },
    invalid("body/prefixes/1 must be string"),
  ],
  ["POST", "/object/list/own", { body: {} }, invalid("body must have required property 'prefix'")],
  [
    "POST",
    "/object/list/own",
    { body: { prefix: "", sortBy: { column: "size" } } },
    invalid("body/sortBy/column must be equal to one of the allowed values"),
  ],
  [
    "POST",
    "/object/move",
    { body: { bucketId: "own" } },
    invalid("body must have required property 'sourceKey'"),
  ],
  [
    "POST",
    "/object/move",
    { body: { bucketId: "own", sourceKey: `${id}/none`, destinationKey: `${id}/to` } },
    missingKey,
  ],
  [
    "POST",
    "/object/copy",
    { body: { bucketId: "own", sourceKey: `${id}/none`, destinationKey: `${id}/to` } },
    missingKey,
  ],
  [
    "POST",
    "/object/copy",
    { body: { bucketId: "own", sourceKey: taken, destinationKey: taken } },
    refused("409", "KeyAlreadyExists", "Duplicate", "The resource already exists"),
  ],
  // Signed URLs.
  [
    "POST",
    `/object/sign/own/${taken}`,
    { body: {} },
    invalid("body must have required property 'expiresIn'"),
  ],
  [
    "POST",
    `/object/sign/own/${taken}`,
    { body: { expiresIn: 0 } },
    invalid("body/expiresIn must be >= 1"),
  ],
  [
    "POST",
    `/object/sign/own/${taken}`,
    { body: { expiresIn: "soon" } },
    invalid("body/expiresIn must be integer"),
  ],
  [
    "POST",
    `/object/sign/own/${taken}`,
    { body: { expiresIn: 9, transform: { quality: 10 } } },
    invalid("body/transform/quality must be >= 20"),
  ],
  [
    "POST",
    `/object/sign/own/${taken}`,
    { body: { expiresIn: 9, transform: { resize: "stretch" } } },
    invalid("body/transform/resize must be equal to one of the allowed values"),
  ],
  [
    "POST",
    "/object/sign/own",
    { body: { expiresIn: 9, paths: [] } },
    invalid("body/paths must NOT have fewer than 1 items"),
  ],
  [
    "GET",
    `/object/sign/own/${taken}`,
    {},
    invalid("querystring must have required property 'token'"),
  ],
  [
    "GET",
    `/object/sign/own/${taken}?token=x`,
    {},
    refused("400", "InvalidJWT", "InvalidJWT", "Invalid Compact JWS"),
  ],
  [
    "GET",
    `/object/sign/own/${taken}?token=${expired()}`,
    {},
    refused("400", "InvalidJWT", "InvalidJWT", "signature verification failed"),
  ],
  [
    "PUT",
    `/object/upload/sign/own/${taken}?token=x`,
    { body: "x", type: "text/plain" },
    refused("400", "InvalidJWT", "InvalidJWT", "Invalid Compact JWS"),
  ],
];

describe("a refusal", () => {
  test.each(table)("of %s %s with %j", async (method, path, asked, expected) => {
    const { as = "service", body, type = "application/json", headers = {} } = asked;
    const who = {
      service: { apikey: secretKey },
      user: { authorization: `Bearer ${person.session.access_token}` },
      none: {},
    }[as];
    const answer = await fetch(`${storageUrl}${path}`, {
      method,
      headers: {
        ...who,
        ...(body === undefined ? {} : { "content-type": type }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const { http = 400, status, ...rest } = expected;
    expect(await answer.json()).toEqual({ statusCode: status, ...rest });
    expect(answer.status).toBe(http);
  });
});

test.runIf(isEmbedded).each([
  ["42501", 400, 403, "AccessDenied", "new row violates row-level security policy"],
  ["23505", 400, 409, "KeyAlreadyExists", "The resource already exists"],
  ["23503", 400, 404, "InvalidRequest", "The related resource does not exist"],
  ["55P03", 400, 423, "ResourceLocked", "The resource is locked"],
  ["57014", 544, 544, "DatabaseTimeout", "The connection to the database timed out"],
  ["08006", 544, 544, "DatabaseTimeout", "The connection to the database timed out"],
  ["53300", 429, 429, "SlowDown", "Too many connections issued to the database"],
  [
    "25006",
    400,
    503,
    "DatabaseReadOnly",
    "The database is currently in read-only mode. Please try again later.",
  ],
  [
    "42P17",
    400,
    503,
    "DatabaseInvalidObjectDefinition",
    "The database schema is invalid or incompatible.",
  ],
  [
    "42P01",
    400,
    503,
    "DatabaseSchemaMismatch",
    "The database schema is out of sync. Please run migrations or contact support.",
  ],
  ["22P02", 400, 400, "InvalidParameter", "Invalid value format or type conversion failed"],
  ["XX000", 500, 500, "DatabaseError", "database error, code: XX000"],
])("the database's error %s has upstream's answer, without the database's text", (...row) => {
  const [pg, http, status, code, message] = row;
  const error = Object.assign(new Error("secret of a trigger"), { code: pg });
  expect(fromDatabase(error)).toMatchObject({ http, status, code, message });
});
