import { z } from "zod";

/** Named shapes of the document: what a request carries, and what an answer carries. */
export const requests = z.registry<{ id: string }>();
export const answers = z.registry<{ id: string }>();

/** A body that refuses every field it does not name. */
export const requestBody = <Shape extends z.ZodRawShape>(id: string, shape: Shape) =>
  z.strictObject(shape).register(requests, { id });

export const answer = <Shape extends z.ZodRawShape>(id: string, shape: Shape) =>
  z.object(shape).register(answers, { id });

export const uuid = z.guid();
export const instant = z.iso
  .datetime({ offset: true })
  .meta({ examples: ["2026-01-15T10:00:00Z"], description: "A moment, RFC 3339." });
export const day = z.iso.date().meta({ examples: ["2026-12-31"] });

/** Length as the database counts it: in characters, not in UTF-16 units. */
const length = (text: string) => [...text].length;

/**
 * Text of `min` to `max` characters, not counting space around it. PostgreSQL cannot hold NUL, so it
 * goes here; other control characters are the database's to strip.
 */
export const text = (min: 0 | 1, max: number) =>
  z
    .string()
    .transform((value) => value.replaceAll("\0", ""))
    .refine((value) => value.isWellFormed(), { message: "Must be well-formed text", abort: true })
    .refine((value) => length(value.trim()) >= min, { message: "Must not be empty" })
    .refine((value) => length(value.trim()) <= max, {
      message: `Must be at most ${max} characters`,
    })
    .meta({ openapi: { type: "string", ...(min > 0 ? { minLength: min } : {}), maxLength: max } });

export const today = () => new Date().toISOString().slice(0, 10);

/** A positive whole number of a query string. */
export const wholeNumber = (openapi: object) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "Must be a whole number of at least 1")
    .transform(Number)
    .refine((value) => value >= 1, "Must be a whole number of at least 1")
    .meta({ openapi: { type: "integer", minimum: 1, ...openapi } });

/** `page` and `limit`; a limit above 100 counts as 100. */
export const paging = (defaultLimit: number) => ({
  page: wholeNumber({ default: 1 }).optional(),
  limit: wholeNumber({
    default: defaultLimit,
    description: "Items a page. More than 100 counts as 100.",
  }).optional(),
});

export const sortable = <const Keys extends readonly [string, ...string[]]>(
  keys: Keys,
  standard: string,
) =>
  z
    .enum(keys.flatMap((key) => [key, `-${key}`]))
    .optional()
    .meta({ description: `Order; \`-\` turns it round. Without it: ${standard}.` });

export const pagination = answer("Pagination", {
  page: z.int().min(1),
  limit: z.int().min(1).max(100),
  total: z.int().min(0),
  totalPages: z.int().min(0),
  hasNext: z.boolean(),
  hasPrev: z.boolean(),
});

/** The little that is shown of a person wherever they are mentioned. */
export const userCard = answer("UserCard", {
  id: uuid,
  name: z.string(),
  avatarUrl: z.url().nullable(),
});

export const workStatus = z.enum(["planning", "in-progress", "completed"]);
