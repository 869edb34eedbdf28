import { z } from "zod";
import { meaningOf } from "../_shared/error-codes.ts";
import { type ErrorCode, statusOf } from "./http/errors.ts";
import { envelopeName, envelopes } from "./openapi/envelopes.ts";
import { exampleRequest, exampleResponse } from "./openapi/examples.ts";
import {
  envelopeHeaders,
  failures,
  pageContent,
  rateLimitHeaders,
  redirection,
  requestHeaders,
  sharedHeaders,
} from "./openapi/responses.ts";
import {
  answerReference,
  type Json,
  namedSchemas,
  nameIn,
  parametersOf,
  reference,
  requestReference,
} from "./openapi/schemas.ts";
import type { Operation } from "./operation.ts";
import { answer } from "./schemas/common.ts";

const title = "OnSwift";
const description = `Projects, teams, tasks, deliverables and messages for creators and talents.

Every error has the shape of \`Error\`. Requests refuse unknown fields, and unknown query parameters unless the description of the operation allows them.
Responses can get more fields.`;

answer("Error", {
  error: z.object({
    code: z.enum(Object.keys(statusOf)),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
});

/** Generates the OpenAPI document of the operations. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const plain = namedSchemas();
  const schemas = { ...plain, ...envelopes(operations, plain) };
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: describe(operation, schemas) };
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
      headers: sharedHeaders,
      examples: errorExamples,
      schemas,
    },
  };
}

type Schemas = Readonly<Record<string, Json>>;

const errorExamples = Object.fromEntries(
  (Object.keys(statusOf) as ErrorCode[]).map((code) => [
    code,
    { value: { error: { code, message: meaningOf[code] } } },
  ]),
);

const ignoresUnknown = "Unknown query parameters are ignored, because programs add some to links.";

function describe(operation: Operation, schemas: Schemas): Json {
  const { id, tag, summary, description, access, linked } = operation;
  const texts = [description, ...(linked ? [ignoresUnknown] : [])].filter(Boolean);
  const parameters = [
    ...parametersIn("path", operation.params),
    ...parametersIn("query", operation.query),
    ...headersOf(operation),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(texts.length === 0 ? {} : { description: texts.join(" ") }),
    security: security[access],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...bodyOf(operation, schemas),
    responses: {
      ...success(operation, schemas),
      ...redirection(operation),
      ...failures(operation),
    },
  };
}

function bodyOf({ body, form }: Operation, schemas: Schemas): Json {
  if (body === undefined && form === undefined) return {};
  const json = body && requestReference(body);
  const content = {
    ...(json
      ? { "application/json": { schema: json, example: exampleRequest(json, schemas) } }
      : {}),
    ...(form ? { "multipart/form-data": { schema: requestReference(form.schema) } } : {}),
  };
  return { requestBody: { required: true, content } };
}

const security: Record<Operation["access"], Json[]> = {
  user: [{ accessToken: [] }],
  anyone: [{ accessToken: [] }, {}],
  public: [],
};

/** A list is sent by repeating its parameter: skills[]=Figma&skills[]=Blender. */
const parametersIn = (place: "path" | "query", schema: z.ZodType | undefined): Json[] =>
  parametersOf(schema).map(({ name, isOptional, json: { description, ...json } }) => ({
    ...(json.type === "array" ? { name: `${name}[]`, style: "form", explode: true } : { name }),
    in: place,
    required: place === "path" || !isOptional,
    ...(description === undefined ? {} : { description }),
    schema: json,
  }));

function headersOf({ success: { status, mediaType }, idempotent }: Operation): Json[] {
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
    { minLength: 1, maxLength: 255 },
  );
  const hasEnvelope = status !== 204 && mediaType === undefined;
  return [...(hasEnvelope ? [prefer] : []), ...(idempotent ? [key] : [])];
}

function success(operation: Operation, schemas: Schemas): Json {
  const { success, unlimited } = operation;
  const { status, description, schema, mediaType, or } = success;
  const headers = {
    ...requestHeaders,
    ...(unlimited ? {} : rateLimitHeaders),
    ...(schema === undefined ? {} : envelopeHeaders),
  };
  const content =
    mediaType !== undefined
      ? { content: { [mediaType]: { schema: { type: "string" } } } }
      : schema === undefined
        ? {}
        : {
            content: {
              "application/json": bodyOfSuccess(schema, schemas),
              ...pageContent(operation),
            },
          };
  return {
    [status]: { description, headers, ...content },
    ...(or ? { [or.status]: { description: or.description, headers, ...content } } : {}),
  };
}

/** The response as it is, and under `Prefer: envelope`. */
function bodyOfSuccess(schema: z.ZodType, schemas: Schemas): Json {
  const plain = answerReference(schema);
  const envelope = reference(envelopeName(nameIn(plain) ?? ""));
  return {
    schema: { oneOf: [plain, envelope] },
    examples: {
      plain: { value: exampleResponse(plain, schemas) },
      envelope: { summary: "Prefer: envelope", value: exampleResponse(envelope, schemas) },
    },
  };
}
