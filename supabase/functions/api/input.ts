import { z } from "zod";
import type { Arguments } from "./database/client.ts";
import { type JsonObject, readJson, unsupportedType } from "./http/body.ts";
import { validationError } from "./http/errors.ts";
import { type ReceivedForm, readForm } from "./http/form.ts";
import type { Room } from "./http/memory-budget.ts";
import { storable } from "./http/text.ts";
import { queryOf } from "./http/url.ts";
import type { Input, Operation } from "./operation.ts";

/** A request that has been matched to an operation. */
export interface Matched {
  readonly operation: Operation;
  readonly request: Request;
  /** The values of the parameters in the path. */
  readonly params: Readonly<Record<string, string>>;
}

/** The parts of a request that handlers read. */
export interface Parts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Input;
  readonly body: Input;
  /** Only when a form was sent to an operation that accepts one. */
  readonly form?: ReceivedForm;
}

/** Reads the parts of a request and checks their form. The database judges their values. */
export async function readParts(
  { operation, request, params }: Matched,
  room?: Room,
): Promise<Parts> {
  const { query, body, form } = operation;
  const parts = {
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, storable(value)]),
    ),
    query: inputOf(query, knownQueryOf(operation, request.url)),
    body: nothing,
  };
  if (form !== undefined && room !== undefined) {
    return { ...parts, form: await readForm(request, form, room) };
  }
  if (form !== undefined && body === undefined) throw unsupportedType("multipart/form-data");
  return body === undefined ? parts : { ...parts, body: inputOf(body, await readJson(request)) };
}

const nothing: Input = { json: {}, args: {} };

/**
 * The documented query parameters. Unknown ones are refused like unknown fields of a body: a misspelt filter
 * would match everything. They are refused here because many operations have no function that could see them.
 */
function knownQueryOf({ query: schema, linked = false }: Operation, url: string): JsonObject {
  const shape = schema?.shape ?? {};
  const known = Object.keys(shape);
  const lists = known.filter((name) => isList(shape[name] as z.ZodType));
  const query = Object.entries(queryOf(url, lists));
  const unknown = query.map(([name]) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0 && !linked) {
    throw validationError(
      // The caller chose the names: long ones are cut, and the first 50 are named.
      unknown
        .slice(0, 50)
        .map((name) => name.slice(0, 100))
        .map((field) => ({
          field,
          message: `${field} is not a parameter of this operation.`,
        })),
    );
  }
  return Object.fromEntries(query.filter(([name]) => known.includes(name)));
}

/** The documented fields that can be arguments. Whatever else was sent is only in the JSON. */
function inputOf(schema: z.ZodType | undefined, json: JsonObject): Input {
  const shape = schema instanceof z.ZodObject ? schema.shape : {};
  const args: Arguments = Object.fromEntries(
    Object.entries(shape)
      .filter(([name]) => Object.hasOwn(json, name))
      .map(([name, field]) => [name, argumentOf(field as z.ZodType, json[name])]),
  );
  return { json, args };
}

/**
 * A value as an argument of the documented type; null if it is not of that type. The database sees in the
 * JSON what was sent instead.
 */
function argumentOf(schema: z.ZodType, value: unknown): unknown {
  const type = innerOf(schema);
  if (type instanceof z.ZodNumber) return integerOf(value);
  if (type instanceof z.ZodBoolean) return booleanOf(value);
  if (type instanceof z.ZodArray || type instanceof z.ZodObject) return value;
  return typeof value === "string" ? value : null;
}

/** Whether a field holds a list. A query sends one by repeating its parameter. */
const isList = (schema: z.ZodType): boolean => innerOf(schema) instanceof z.ZodArray;

function innerOf(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault;
  return isWrapper ? innerOf(schema.unwrap() as z.ZodType) : schema;
}

/** Also from digits, which is how a query sends a number. */
const integerOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) || (typeof value === "string" && /^\d{1,9}$/.test(value))
    ? Number(value)
    : null;

const booleanOf = (value: unknown): boolean | null =>
  value === true || value === "true" ? true : value === false || value === "false" ? false : null;
