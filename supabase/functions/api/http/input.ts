import type { Arguments } from "../database/client.ts";
import type { Operation } from "../operation.ts";
import { readJson, unsupported } from "./body.ts";
import { ApiError, validationError } from "./errors.ts";
import { isForm, readForm } from "./form.ts";
import { queryOf } from "./url.ts";
import { check, refusalOf } from "./validation.ts";

/** The parts of a request that an operation reads. */
export interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  /** JSON, or the fields of a form. */
  readonly body: unknown;
}

/**
 * Reads and checks all of them, and refuses with everything that is wrong. Where the database has rules
 * of its own, `rehearse` asks it too before refusing.
 */
export async function readInput(
  operation: Operation,
  request: Request,
  params: unknown,
  rehearse: (parts: Parts) => Promise<unknown>,
  askRole: (place: Arguments) => Promise<unknown>,
): Promise<Parts> {
  const query = queryOf(request.url);
  const { schema, value: body } = await readBody(operation, request);
  const complaints: Parameters<typeof check>[3] = [];
  const parts = {
    params: check(operation.params, params, "path", complaints),
    query: check(operation.query, query, "query", complaints),
    body: check(schema, body, "body", complaints),
  };
  const refusal = refusalOf(complaints);
  if (refusal === undefined) return parts;

  const addressed = operation.params === undefined || parts.params !== undefined;
  if (operation.roleFirst !== undefined && addressed) {
    throw await askRole((parts.params ?? {}) as Arguments).then(
      () => refusal,
      (verdict) => (isValidation(verdict) ? refusal : verdict),
    );
  }
  if (!operation.rehearses || !addressed || !isObject(body)) throw refusal;
  throw await rehearse({ ...parts, body }).then(
    () => refusal,
    (verdict) => joined(refusal, verdict),
  );
}

async function readBody({ body, form }: Operation, request: Request) {
  if (form !== undefined && isForm(request.headers)) {
    return { schema: form.schema, value: await readForm(request, form) };
  }
  if (form !== undefined && body === undefined) throw unsupported("multipart/form-data");
  return { schema: body, value: body && (await readJson(request)) };
}

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isValidation = (verdict: unknown): verdict is ApiError =>
  verdict instanceof ApiError && verdict.code === "VALIDATION_ERROR";

/** Both lists of bad fields; but somebody who may not do this at all is told so, and nothing more. */
function joined(refusal: ApiError, verdict: unknown): unknown {
  if (!isValidation(verdict)) return verdict;
  const details = refusal.details ?? [];
  const root = (field: string) => field.replace(/\[.*$/, "");
  const named = new Set(details.map(({ field }) => root(field)));
  const more = (verdict.details ?? []).filter(({ field }) => !named.has(root(field)));
  return validationError([...details, ...more]);
}
