import { type Json, type OpenApi, type Operation, resolved, type Validator } from "./document.ts";
import type { Sendable } from "./requests.ts";

/** A request at or beyond a limit of the schema. */
export interface Probe {
  readonly what: string;
  /** The field or parameter that was changed. */
  readonly field: string;
  readonly isValid: boolean;
  readonly request: Sendable;
}

/** Takes the place of a removed field. */
const absent = Symbol("absent");

interface Change {
  readonly what: string;
  readonly value: unknown;
}

/**
 * Every boundary of an operation's parameters and JSON body: one step below each minimum and above each maximum,
 * each limit itself, wrong types, values and keys, and what is required and missing. The validator says which of
 * the requests the schema accepts. The list is the same at each run.
 */
export function probesOf(
  operation: Operation,
  example: Sendable,
  document: OpenApi,
  validator: Validator,
): readonly Probe[] {
  return [
    ...parameterProbes(operation, example, validator),
    ...bodyProbes(operation, example, document, validator),
  ];
}

/** The value that the text of a parameter stands for. */
function asMeant({ type }: Json, text: unknown): unknown {
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if ((type === "integer" || type === "number") && text !== "") return Number(text);
  return text;
}

function parameterProbes(
  { parameters = [], description = "" }: Operation,
  example: Sendable,
  validator: Validator,
): readonly Probe[] {
  const probes = parameters.flatMap(({ name, in: place, required, schema }): readonly Probe[] => {
    if (place === "header") return [];
    const isPath = place === "path";
    const changes = changesOf(schema)
      // Everything in a URL is text, and an empty path segment is another path.
      .filter(({ value }) => ["string", "number", "boolean"].includes(typeof value))
      .map(({ what, value }) => ({ what, value: String(value) as unknown }))
      .filter(({ value }) => !(isPath && value === ""));
    if (required && !isPath) changes.push({ what: "is missing", value: absent });
    return changes.map(({ what, value }) => ({
      what: `${name} ${what}`,
      field: name,
      isValid: value !== absent && validator.errors(schema, asMeant(schema, value)).length === 0,
      request: isPath
        ? { ...example, params: { ...example.params, [name]: String(value) } }
        : {
            ...example,
            query: changed(example.query ?? {}, name, value) as Record<string, string>,
          },
    }));
  });
  return [
    ...probes,
    {
      what: "unknown parameter",
      field: "unknown",
      isValid: description.includes("Unknown query parameters are ignored"),
      request: { ...example, query: { ...example.query, unknown: "1" } },
    },
  ];
}

function bodyProbes(
  { requestBody }: Operation,
  example: Sendable,
  document: OpenApi,
  validator: Validator,
): readonly Probe[] {
  const reference = requestBody?.content["application/json"]?.schema;
  const valid = example.body as Record<string, unknown>;
  if (reference === undefined) return [];
  const { properties = {} } = objectOf(resolved(reference, document)) as {
    properties?: Record<string, Json>;
  };
  const changes = Object.entries(properties).flatMap(([field, schema]) =>
    [...changesOf(schema), { what: "is missing", value: absent }].map((change) => ({
      field,
      ...change,
    })),
  );
  changes.push({ field: "unknownField", what: "is unknown", value: "x" });
  return changes.map(({ field, what, value }) => {
    const body = changed(valid, field, value);
    return {
      what: `${field} ${what}`,
      field,
      isValid: validator.errors(reference, body).length === 0,
      request: { ...example, body },
    };
  });
}

/** Of alternatives the first. */
const objectOf = (schema: Json): Json =>
  ((schema.anyOf as Json[] | undefined) ?? [schema])[0] ?? {};

const changed = (object: object, field: string, value: unknown) => {
  const { [field as keyof object]: _, ...others } = object;
  return value === absent ? others : { ...others, [field]: value };
};

/** Values around the limits of a schema, and of other types. */
function changesOf(schema: Json): Change[] {
  const alternatives = (schema.anyOf as Json[] | undefined) ?? [schema];
  const types: Change[] = ["7", 7, 7.5, true, null, [], {}].map((value) => ({
    what: `is ${JSON.stringify(value)}`,
    value,
  }));
  return [...types, ...alternatives.flatMap(limitsOf)];
}

function limitsOf(schema: Json): Change[] {
  const [type] = [schema.type].flat();
  if (schema.enum !== undefined || schema.const !== undefined) {
    const values = (schema.enum ?? [schema.const]) as readonly string[];
    return [
      ...values.map((value) => ({ what: `is ${value}`, value })),
      ...["", "other", String(values[0]).toUpperCase()].map((value) => ({
        what: `is "${value}"`,
        value,
      })),
    ];
  }
  if (type === "string") return stringsOf(schema);
  if (type === "integer" || type === "number") return numbersOf(schema);
  if (type === "array") return arraysOf(schema);
  return [];
}

function stringsOf({ minLength, maxLength, format }: Json): Change[] {
  const texts = ["", " ", "\u2003\n", "not what is expected", "\u0000", "é漢😀"];
  const near: Readonly<Record<string, readonly string[]>> = {
    uuid: ["3f6c1f0e-6c5b-4f5e-9d8a", "3f6c1f0e-6c5b-4f5e-9d8a-1b2c3d4e5f6g"],
    date: ["2030-02-30", "2030-6-3", "tomorrow", "infinity"],
    email: ["ada", "ada@", "@example.com", "ada@example..com", "a b@example.com"],
    uri: [
      "example.com",
      "ftp://example.com",
      "javascript:alert(1)",
      "https://",
      "https://a@b.example",
    ],
  };
  return [...texts, ...(near[String(format)] ?? []), ...lengths(minLength, maxLength)].map(
    (value) => ({
      what: value.length > 40 ? `has ${value.length} characters` : `is ${JSON.stringify(value)}`,
      value,
    }),
  );
}

const lengths = (minLength: unknown, maxLength: unknown): readonly string[] => [
  ...(typeof minLength === "number" && minLength > 1
    ? ["x".repeat(minLength - 1), "x".repeat(minLength)]
    : []),
  ...(typeof maxLength === "number" ? ["x".repeat(maxLength), "x".repeat(maxLength + 1)] : []),
];

function numbersOf({ minimum, maximum, multipleOf }: Json): Change[] {
  const step = typeof multipleOf === "number" ? multipleOf : 1;
  const around = (limit: unknown) =>
    typeof limit === "number" ? [limit - step, limit, limit + step] : [];
  return [...around(minimum), ...around(maximum), -1, 0, 1e15, Number(minimum ?? 0) + step / 2].map(
    (value) => ({ what: `is ${value}`, value }),
  );
}

function arraysOf({ items, minItems, maxItems }: Json): Change[] {
  const item = itemOf(items as Json);
  const counts = [minItems, maxItems].flatMap((limit) =>
    typeof limit === "number" ? [limit - 1, limit, limit + 1] : [],
  );
  return [
    ...counts.map((count) => ({
      what: `has ${count} entries`,
      value: Array.from({ length: Math.max(count, 0) }, () => item()),
    })),
    { what: "has an entry twice", value: twice(item()) },
    ...[7, "x", {}, null].map((value) => ({
      what: `has the entry ${JSON.stringify(value)}`,
      value: [value],
    })),
  ];
}

const twice = <Value>(value: Value) => [value, value];

/** Makes entries that differ from each other, where the schema allows it. */
function itemOf(schema: Json): () => unknown {
  let count = 0;
  return () => {
    count += 1;
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
    if (schema.type === "object") return { fileId: id };
    return schema.format === "uri" ? `https://example.com/${count}` : "Figma";
  };
}
