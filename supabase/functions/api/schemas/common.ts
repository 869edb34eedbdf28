import { z } from "zod";

/**
 * The schemas of this folder are documentation and types: OpenAPI is generated from them, and the SDK's types
 * are compared with them. They are not run on requests; the database judges every value.
 */

/** The named schemas of requests and of responses in the OpenAPI document. */
export const requests = z.registry<{ id: string }>();
export const answers = z.registry<{ id: string }>();

/**
 * A request body. Fields that it does not name are refused. `meta` adds rules between fields, in JSON Schema, and
 * an example if the required fields alone are not one.
 */
export const requestBody = <Shape extends z.ZodRawShape>(id: string, shape: Shape, meta = {}) =>
  z.strictObject(shape).meta(meta).register(requests, { id });

export const answer = <Shape extends z.ZodRawShape>(id: string, shape: Shape) =>
  z.object(shape).register(answers, { id });

export const exampleId = "3f6c1f0e-6c5b-4f5e-9d8a-1b2c3d4e5f60";
export const uuid = z.guid().meta({ examples: [exampleId] });
export const instant = z.iso
  .datetime({ offset: true })
  .meta({ examples: ["2026-01-15T10:00:00Z"], description: "A point in time, RFC 3339." });
export const day = z.iso.date().meta({ examples: ["2030-06-30"] });

/** At least one character that stays when white space around the text and control characters are removed. */
export const visible = "[^\\s\\u0000-\\u001F\\u007F-\\u009F\\u200B]";

/** Text with a length in characters, not counting whitespace around it. Whitespace alone is no text. */
export const text = (min: 0 | 1, max: number) =>
  min === 0 ? z.string().max(max) : z.string().min(min).max(max).meta({ pattern: visible });

/** A URL without user name and password. */
export const link = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/)
  .meta({ format: "uri", examples: ["https://example.com/showreel"] });

/** A rule between fields: where `field` has this value, the body also has to match `then`. */
export const when = (field: string, value: string, then: object) => ({
  if: { properties: { [field]: { const: value } }, required: [field] },
  then,
});

/** A whole number of a query, of at most 9 digits. */
export const wholeNumber = (meta: object) =>
  z
    .int()
    .min(1)
    .max(999_999_999)
    .meta({ ...meta });

/** `page` and `limit` of a list. */
export const paging = (defaultLimit: number) => ({
  page: wholeNumber({ default: 1 }).optional(),
  limit: wholeNumber({
    default: defaultLimit,
    description: "Items per page. A value above 100 counts as 100.",
  }).optional(),
});

export const sortable = <const Keys extends readonly [string, ...string[]]>(
  keys: Keys,
  standard: string,
) =>
  z
    .enum(keys.flatMap((key) => [key, `-${key}`]))
    .optional()
    .meta({ description: `Order of the items; \`-\` for descending. Default: ${standard}.` });

export const pagination = answer("Pagination", {
  page: z.int().min(1),
  limit: z.int().min(1).max(100),
  total: z.int().min(0),
  totalPages: z.int().min(0),
  hasNext: z.boolean(),
  hasPrev: z.boolean(),
});

/** The data of a user that is shown wherever the user is mentioned. */
export const userCard = answer("UserCard", {
  id: uuid,
  name: z.string(),
  avatarUrl: z.url().nullable(),
});

export const workStatus = z.enum(["planning", "in-progress", "completed"]);
