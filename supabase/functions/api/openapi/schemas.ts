import { z } from "zod";
import { answers, requests } from "../schemas/common.ts";

export type Json = Record<string, unknown>;

type Registry = z.core.$ZodRegistry<{ id: string }>;

/** All named schemas of requests and responses, by name. */
export const namedSchemas = (): Record<string, Json> => ({
  ...named(requests, "input"),
  ...named(answers, "output"),
});

export const requestReference = (schema: z.ZodType) => referenceTo(requests, schema);
export const answerReference = (schema: z.ZodType) => referenceTo(answers, schema);

/** The parameters that a schema describes: their names, and whether each is required. */
export const parametersOf = (schema: z.ZodType | undefined) =>
  schema instanceof z.ZodObject
    ? Object.entries(schema.shape).map(([name, field]) => ({
        name,
        isOptional: field instanceof z.ZodOptional,
        json: z.toJSONSchema(field as z.ZodType, { io: "input", override: tidy }) as Json,
      }))
    : [];

export const reference = (name: string) => ({ $ref: path(name) });

/** The name in a reference; undefined for another schema. */
export const nameIn = ({ $ref }: Json): string | undefined =>
  typeof $ref === "string" ? $ref.slice(path("").length) : undefined;

const path = (name: string) => `#/components/schemas/${name}`;

function referenceTo(registry: Registry, schema: z.ZodType) {
  const id = registry.get(schema)?.id;
  if (id === undefined) throw new Error("Every body must be a named schema.");
  return reference(id);
}

function named(registry: Registry, io: "input" | "output"): Record<string, Json> {
  const { schemas } = z.toJSONSchema(registry, { io, uri: path, override: tidy });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}

/** Removes what readers of the document do not need. `meta({openapi})` replaces a schema as a whole. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  const { def } = zodSchema._zod;
  const { openapi } = jsonSchema;
  if (openapi !== undefined) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, openapi);
  }
  // The pattern of a format says the same as the format.
  if ("format" in def) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Responses can get more fields. Only requests are closed.
  if (def.type === "object" && def.catchall === undefined) delete jsonSchema.additionalProperties;
  delete jsonSchema.$schema;
}
