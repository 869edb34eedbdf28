import type { Operation } from "../operation.ts";
import { answerReference, type Json, nameIn, reference } from "./schemas.ts";

const object = (properties: Json): Json => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});

/**
 * The schemas of responses under `Prefer: envelope`, by name: `{data, meta}`, where the items of a list are `data`
 * and everything else is in `meta`.
 */
export function envelopes(
  operations: readonly Operation[],
  schemas: Readonly<Record<string, Json>>,
): Record<string, Json> {
  return Object.fromEntries(
    operations.flatMap(({ success: { schema, list } }) => {
      if (schema === undefined) return [];
      const name = nameIn(answerReference(schema)) ?? "";
      return [[envelopeName(name), envelope(reference(name), list, schemas[name] ?? {})]];
    }),
  );
}

/** The name of the envelope of a named response. */
export const envelopeName = (name: string) => `${name}Envelope`;

function envelope(plain: Json, list: string | undefined, schema: Json): Json {
  if (list === undefined) return object({ data: plain, meta: object({}) });
  const { [list]: data, ...meta } = schema.properties as Json;
  return object({ data, meta: object(meta) });
}
