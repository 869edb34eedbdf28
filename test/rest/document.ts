import { expect } from "vitest";
import { type Json, openApi, operationsOf, Validator } from "../contract/document.ts";
import { rest } from "../world/stack.ts";

/** Response headers that everything has, also errors and pages for browsers. */
const everywhere = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
};

/**
 * `fetch` for the REST API. Compares every response with the OpenAPI document, so that every request of every
 * test verifies the document too.
 */
export async function documentedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${rest}${path}`, init);
  const method = init.method ?? "GET";
  if (method === "HEAD" || method === "OPTIONS") return response;
  const copy = response.clone();
  await expectDocumented(method, path, {
    status: copy.status,
    headers: copy.headers,
    text: await copy.text(),
  });
  return response;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * The status is one of the operation's, the body has the described shape and no other field. A response to an
 * unknown path or method is an error in the shape of all errors.
 */
export async function expectDocumented(method: string, path: string, received: Received) {
  const { status, headers, text } = received;
  const label = `${method} ${path} ${status}`;
  for (const [name, value] of Object.entries(everywhere)) {
    expect(headers.get(name), `${label}: ${name}`).toBe(value);
  }
  expect(headers.get("x-request-id"), label).toMatch(/^[\w.:-]{1,128}$/);
  expect(headers.get("content-security-policy"), label).toContain("frame-ancestors 'none'");

  const document = await openApi();
  const operation = operationsOf(document).find((one) => matches(one, method, path));
  if (operation === undefined) {
    expect([400, 404, 405], label).toContain(status);
    return expectValid(label, { $ref: "#/components/schemas/Error" }, JSON.parse(text));
  }
  const answer = operation.responses[status];
  expect(answer, `${operation.operationId} does not document ${status}: ${text}`).toBeDefined();
  if (answer?.content === undefined) return expect(text, label).toBe("");
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  const { schema } = answer.content[type] ?? {};
  expect(schema, `${label} does not document ${type}`).toBeDefined();
  if (type !== "application/json") return;
  expect(headers.get("cache-control"), label).toBe("no-store");
  const isWrapped = headers.get("preference-applied") === "envelope";
  await expectValid(label, expectedOf(schema ?? {}, isWrapped), JSON.parse(text));
}

function matches(operation: { method: string; path: string }, method: string, path: string) {
  const plain = path.replace(/[?#].*$/, "").replace(/(.)\/$/, "$1");
  const pattern = new RegExp(
    `^${operation.path.replaceAll(/\{\w+\}/g, "[^/]+").replace(".", "\\.")}$`,
  );
  return operation.method === method.toLowerCase() && pattern.test(plain);
}

/** A success is described as it is and in an envelope. The response says which of them it is. */
function expectedOf(schema: Json, isWrapped: boolean): Json {
  const [plain, envelope] = (schema.oneOf ?? []) as Json[];
  return (isWrapped ? envelope : plain) ?? schema;
}

let validators: Promise<{ readonly open: Validator; readonly closed: Validator }> | undefined;

async function expectValid(label: string, schema: Json, value: unknown): Promise<void> {
  validators ??= openApi().then((document) => ({
    open: new Validator(document),
    closed: new Validator(document, { closed: true }),
  }));
  const { open, closed } = await validators;
  // An error is described by its shape and its codes. Only the shape can be closed.
  const [shape, codes] = (schema.allOf ?? []) as Json[];
  expect(closed.errors(shape ?? schema, value), label).toEqual([]);
  if (codes !== undefined) expect(open.errors(codes, value), label).toEqual([]);
}
