import { z } from "zod";
import { type ErrorCode, statusOf } from "./http/errors.ts";
import { isList } from "./input.ts";
import { errorsOf, type Operation } from "./operation.ts";
import { answer, answers, requests } from "./schemas/common.ts";

type Json = Record<string, unknown>;

const title = "OnSwift";
const description =
  "Projects, teams, tasks, deliverables and messages for creators and talents. Every error has the shape of `Error`.";

answer("Error", {
  error: z.object({
    code: z.enum(Object.keys(statusOf)),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
});

/** Generates the OpenAPI document of the operations. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: "3.1.1",
    info: { title, version: "1.0.0", description, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/functions/v1/api" }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      schemas: { ...named(requests, "input"), ...named(answers, "output") },
    },
  };
}

function describe(operation: Operation): Json {
  const { id, tag, summary, description, access } = operation;
  const parameters = [
    ...parametersIn("path", operation.params),
    ...parametersIn("query", operation.query),
    ...headersOf(operation),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: security[access],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...bodyOf(operation),
    responses: { ...success(operation), ...failures(operation) },
  };
}

function bodyOf({ body, form }: Operation): Json {
  if (body === undefined && form === undefined) return {};
  const content = {
    ...(body ? jsonOf(requests, body) : {}),
    ...(form ? { "multipart/form-data": { schema: referenceTo(requests, form.schema) } } : {}),
  };
  return { requestBody: { required: true, content } };
}

const security: Record<Operation["access"], Json[]> = {
  user: [{ accessToken: [] }],
  anyone: [{ accessToken: [] }, {}],
  public: [],
};

function parametersIn(place: "path" | "query", schema: z.ZodType | undefined): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...json } = toJson(field as z.ZodType, "input");
    return {
      ...(isList(field as z.ZodType)
        ? { name: `${name}[]`, style: "form", explode: true }
        : { name }),
      in: place,
      required: place === "path" || !(field instanceof z.ZodOptional),
      ...(description === undefined ? {} : { description }),
      schema: json,
    };
  });
}

function headersOf({ success: { status }, idempotent }: Operation): Json[] {
  const header = (name: string, description: string, schema: Json) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string", ...schema },
  });
  const prefer = header("Prefer", "`envelope` wraps the response in `{data, meta}`.", {});
  const key = header(
    "Idempotency-Key",
    "Repeating a request with the same key within 24 hours returns the first response.",
    {
      minLength: 1,
      maxLength: 255,
    },
  );
  return [...(status === 204 ? [] : [prefer]), ...(idempotent ? [key] : [])];
}

function success({ success, unlimited }: Operation): Json {
  const { status, description, schema, mediaType, or } = success;
  const headers = unlimited ? {} : { headers: allowance };
  const content =
    mediaType !== undefined
      ? { content: { [mediaType]: { schema: { type: "string" } } } }
      : schema === undefined
        ? {}
        : { content: jsonOf(answers, schema) };
  return {
    [status]: { description, ...headers, ...content },
    ...(or ? { [or.status]: { description: or.description, ...headers, ...content } } : {}),
  };
}

const whole = (description: string) => ({ description, schema: { type: "integer", minimum: 0 } });

const allowance = {
  "X-RateLimit-Limit": whole("Requests allowed per minute."),
  "X-RateLimit-Remaining": whole("Requests left in this minute."),
  "X-RateLimit-Reset": whole("Seconds until the limit is reset."),
};

/** One response for each status, with its error codes. */
function failures(operation: Operation): Json {
  const byStatus = Map.groupBy(errorsOf(operation), (code) => statusOf[code]);
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, failure(codes)]));
}

function failure(codes: readonly ErrorCode[]): Json {
  const waits = codes.some((code) => code === "RATE_LIMITED" || code === "SERVICE_UNAVAILABLE");
  return {
    description: codes.map((code) => `\`${code}\``).join(", "),
    ...(waits ? { headers: { "Retry-After": whole("Seconds to wait.") } } : {}),
    content: {
      "application/json": {
        schema: {
          allOf: [
            { $ref: "#/components/schemas/Error" },
            object({ error: object({ code: { type: "string", enum: codes } }) }),
          ],
        },
      },
    },
  };
}

const object = (properties: Json): Json => ({ type: "object", properties });

type Registry = z.core.$ZodRegistry<{ id: string }>;

const jsonOf = (registry: Registry, schema: z.ZodType): Json => ({
  "application/json": { schema: referenceTo(registry, schema) },
});

function referenceTo(registry: Registry, schema: z.ZodType): Json {
  const id = registry.get(schema)?.id;
  if (id === undefined) throw new Error("Every body must be a named schema.");
  return { $ref: reference(id) };
}

const reference = (id: string) => `#/components/schemas/${id}`;

function named(registry: Registry, io: "input" | "output"): Record<string, Json> {
  const options = { io, uri: reference, override: tidy } as const;
  return z.toJSONSchema(registry, options).schemas as Record<string, Json>;
}

const toJson = (schema: z.ZodType, io: "input" | "output") =>
  z.toJSONSchema(schema, { io, override: tidy }) as Json;

/** Removes what readers of the document do not need. `meta({openapi})` replaces a schema as a whole. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  const { openapi } = jsonSchema;
  if (openapi !== undefined) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, openapi);
  }
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Responses can get more fields. Only requests are closed.
  if (zodSchema._zod.def.type === "object" && zodSchema._zod.def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
  delete jsonSchema.$schema;
  delete jsonSchema.$id;
}
