import { expect } from "vitest";
import { z } from "zod";
import { rest } from "../world/stack.ts";

type Json = Record<string, unknown>;

interface Answer {
  readonly content?: { readonly "application/json": { readonly schema: Json } };
}

export interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security: readonly object[];
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json };
}

let served: Promise<Document> | undefined;

/** The OpenAPI document as the API serves it. */
export const openApi = (): Promise<Document> => {
  served ??= fetch(`${rest}/openapi.json`).then((response) => response.json() as Promise<Document>);
  return served;
};

/**
 * Compares a response with the document: the status is one of the operation's, the body has the described
 * shape and no other field. So every request of every test verifies the document too.
 */
export async function expectDocumented(
  method: string,
  path: string,
  status: number,
  body: unknown,
): Promise<void> {
  const document = await openApi();
  const operation = operationAt(document, method, path);
  if (operation === undefined) return;
  const answer = operation.responses[status];
  expect(answer, `${operation.operationId} does not document ${status}`).toBeDefined();
  const schema = answer?.content?.["application/json"].schema;
  if (schema === undefined) {
    expect(body).toBeUndefined();
    return;
  }
  const { error } = validator(document, schema).safeParse(body);
  expect(error?.issues ?? [], `${operation.operationId} ${status}`).toEqual([]);
}

function operationAt(document: Document, method: string, path: string): Operation | undefined {
  const plain = path.replace(/[?#].*$/, "");
  for (const [pattern, item] of Object.entries(document.paths)) {
    const matcher = new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
    if (matcher.test(plain)) return item[method.toLowerCase()];
  }
  return undefined;
}

const validators = new Map<Json, z.ZodType>();

function validator(document: Document, schema: Json): z.ZodType {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const [error, codes] = (schema.allOf ?? []) as Json[];
  const made =
    error === undefined
      ? exactly(document, schema)
      : z.intersection(exactly(document, error), open(codes ?? {}));
  validators.set(schema, made);
  return made;
}

const open = (schema: Json) => z.fromJSONSchema(schema as never);

/** The schema, with its objects closed to fields that are not described. */
function exactly(document: Document, schema: Json): z.ZodType {
  const $defs = document.components.schemas;
  const text = JSON.stringify({ ...schema, $defs }).replaceAll("#/components/schemas/", "#/$defs/");
  return open(
    JSON.parse(text, (_key, value) =>
      value?.type === "object" && value.properties
        ? { additionalProperties: false, ...value }
        : value,
    ),
  );
}
