import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { rest } from "../world/stack.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Json;
}

export interface MediaType {
  readonly schema: Json;
  readonly example?: unknown;
  readonly examples?: Readonly<
    Record<string, { readonly value?: unknown; readonly $ref?: string }>
  >;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Json;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
    readonly headers: Readonly<Record<string, Json>>;
  };
}

/** An operation with its place in the document. */
export interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

let served: Promise<OpenApi> | undefined;

/** The OpenAPI document as the API serves it. */
export const openApi = (): Promise<OpenApi> => {
  served ??= fetch(`${rest}/openapi.json`).then((response) => response.json() as Promise<OpenApi>);
  return served;
};

export const operationsOf = ({ paths }: OpenApi): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ ...described, method, path })),
  );

/** Follows references inside the document. */
export function resolved(schema: Json, { components }: OpenApi): Json {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
  return name === undefined ? schema : (components.schemas[name] ?? {});
}

/** Validates against schemas of the document with ajv, which knows nothing of how they were made. */
export class Validator {
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  /** With `closed`, an object with a field that its schema does not describe is invalid. */
  constructor(document: OpenApi, { closed = false } = {}) {
    this.#ajv = new Ajv2020({ allErrors: true, strict: true, multipleOfPrecision: 6 });
    formats.default(this.#ajv);
    // Keywords of OpenAPI, formats of inputs, and unions of types, which JSON Schema allows.
    for (const format of ["binary", "password"]) this.#ajv.addFormat(format, true);
    this.#ajv.opts.strictRequired = false;
    this.#ajv.opts.strictTypes = false;
    const { schemas } = document.components;
    this.#ajv.addSchema(absolute({ $id: base, $defs: closed ? close(schemas) : schemas }));
  }

  /** The errors of a value; empty when it is valid. */
  errors(schema: Json, value: unknown): readonly ErrorObject[] {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    const validate = known ?? this.#ajv.compile(absolute(schema));
    if (known === undefined) this.#compiled.set(key, validate);
    return validate(value) ? [] : (validate.errors ?? []);
  }
}

const base = "https://onswift.example/openapi.json";

/** References are relative to the document, so they need its address in a schema that is compiled alone. */
const absolute = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${base}#/$defs/`));

const close = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value), (_key, inner) =>
    inner?.type === "object" && inner.properties
      ? { additionalProperties: false, ...inner }
      : inner,
  );
