import { z } from "zod";

/** A type without `readonly` and with its intersections and interfaces flattened, so that two can be compared. */
type Plain<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `true` if the schema of a response and a type of the SDK are equal. */
export type SameType<Schema extends z.ZodType, Sdk> = Equal<Plain<z.output<Schema>>, Plain<Sdk>>;

/**
 * Returns the REST API's schema of a response in a strict form, in which unknown fields are errors. Compiles
 * only if the schema and the SDK's type are equal: `sameAs<Project>()(project)`.
 */
export const sameAs =
  <Sdk>() =>
  <Schema extends z.ZodType>(
    schema: SameType<Schema, Sdk> extends true ? Schema : never,
  ): z.ZodType<z.output<Schema>> =>
    strict(schema) as z.ZodType<z.output<Schema>>;

/** A copy of a schema in which every object refuses unknown fields. */
function strict(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape).map(([name, field]) => [name, strict(field)]);
    return z.strictObject(Object.fromEntries(fields));
  }
  if (schema instanceof z.ZodArray) return z.array(strict(schema.element));
  if (schema instanceof z.ZodNullable) return strict(schema.unwrap()).nullable();
  if (schema instanceof z.ZodOptional) return strict(schema.unwrap()).optional();
  if (schema instanceof z.ZodDiscriminatedUnion) return z.union(schema.options.map(strict));
  if (schema instanceof z.ZodRecord) {
    return z.record(schema.keyType as z.ZodEnum, strict(schema.valueType));
  }
  return schema as z.ZodType;
}
