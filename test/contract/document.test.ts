import { Validator as OpenApiValidator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, test } from "vitest";
import { type OpenApi, openApi, operationsOf, resolved, Validator } from "./document.ts";

let document: OpenApi;
let validator: Validator;
beforeAll(async () => {
  document = await openApi();
  validator = new Validator(document);
});

/** Validates with a program that shares no code with the one that generates the document. */
const judged = async (value: object) => {
  const { valid, errors } = await new OpenApiValidator().validate(
    structuredClone(value) as Record<string, unknown>,
  );
  return { valid, errors: JSON.stringify(errors ?? null).slice(0, 2000) };
};

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1", async () => {
    expect(await judged(document)).toEqual({ valid: true, errors: "null" });
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  test("would not be valid with a misspelt keyword", async () => {
    expect((await judged({ ...document, pathz: {} })).valid).toBe(false);
    const { paths, ...rest } = document;
    expect((await judged({ ...rest, openapi: "3.1.1" })).valid).toBe(true);
    expect((await judged({ ...rest, paths: { projects: {} } })).valid).toBe(false);
  });

  test("has only schemas of JSON Schema 2020-12, without ids of their own", () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(Object.keys(schema), name).not.toContain("$id");
      // Compiling refuses unknown keywords, unknown formats and references to nowhere.
      validator.errors({ $ref: `#/components/schemas/${name}` }, undefined);
    }
    expect(() => validator.errors({ type: "string", maxLenght: 1 }, "")).toThrow(/maxLenght/);
  });

  test("describes every request body with an example that its schema accepts", () => {
    let count = 0;
    for (const { operationId, requestBody } of operationsOf(document)) {
      const json = requestBody?.content["application/json"];
      if (json === undefined) continue;
      expect(validator.errors(json.schema, json.example), operationId).toEqual([]);
      expect(resolved(json.schema, document).additionalProperties ?? false, operationId).toBe(
        false,
      );
      count += 1;
    }
    expect(count).toBeGreaterThan(20);
  });

  test("describes every response with examples, as it is and in an envelope", () => {
    const closed = new Validator(document, { closed: true });
    for (const { operationId, responses, parameters = [] } of operationsOf(document)) {
      const [status = "", success] = Object.entries(responses)[0] ?? [];
      expect(status, operationId).toMatch(/^2/);
      const { schema, examples = {} } = success?.content?.["application/json"] ?? {};
      const hasPrefer = parameters.some(({ name }) => name === "Prefer");
      expect([operationId, hasPrefer]).toEqual([operationId, schema !== undefined]);
      if (schema === undefined) continue;
      const values = Object.entries(examples);
      expect(values.map(([name]) => name)).toEqual(["plain", "envelope"]);
      for (const [name, { value }] of values) {
        expect(validator.errors(schema, value), `${operationId}: ${name}`).toEqual([]);
      }
      const [plain, envelope] = schema.oneOf as readonly object[];
      expect(closed.errors({ ...plain }, examples.plain?.value), operationId).toEqual([]);
      expect(closed.errors({ ...envelope }, examples.envelope?.value), operationId).toEqual([]);
    }
  });

  test("describes every error with its codes and an example of each", () => {
    for (const { operationId, responses } of operationsOf(document)) {
      for (const [status, { description, content, headers }] of Object.entries(responses)) {
        expect(Object.keys(headers ?? {}), operationId).toContain("X-Request-Id");
        if (Number(status) < 400) continue;
        const { schema = {}, examples = {} } = content?.["application/json"] ?? {};
        const codes = [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code);
        expect(Object.keys(examples), operationId).toEqual(codes);
        for (const [code, { $ref = "" }] of Object.entries(examples)) {
          expect($ref).toBe(`#/components/examples/${code}`);
          const { value } = document.components.examples[code] ?? {};
          expect(validator.errors(schema, value), `${operationId}: ${code}`).toEqual([]);
        }
      }
    }
  });
});
