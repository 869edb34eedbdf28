import { afterAll, describe, expect, test } from "vitest";
import { apiUrl, openDatabase } from "../world/stack.ts";
import { documentedErrors } from "./documented-errors.ts";
import {
  methodsOf,
  moreInSdk,
  nameExceptions,
  notInSdk,
  onlyInRest,
  onlyInSdk,
} from "./operation-names.ts";
import { visitor } from "./support.ts";

interface RestOperation {
  readonly id: string;
  /** The codes of its error responses. */
  readonly errors: ReadonlySet<string>;
}

const restOperations = await readOperations();
const database = openDatabase();
afterAll(() => database.end());

/** Codes that every operation can return; the interface `OnSwift` of the SDK documents them once. */
const general: ReadonlySet<string> = new Set([
  "NOT_AUTHENTICATED",
  "SESSION_REVOKED",
  "MFA_REQUIRED",
  "INTERNAL_ERROR",
  "SERVICE_UNAVAILABLE",
]);

/** Codes of HTTP requests, which the SDK's own requests cannot cause. */
const onlyOverHttp: ReadonlySet<string> = new Set([
  "UNSUPPORTED_MEDIA_TYPE",
  "PAYLOAD_TOO_LARGE",
  "RATE_LIMITED",
]);

describe("every operation has the same name in SQL, REST and SDK", () => {
  test("every REST operation is mapped to SDK methods", () => {
    const ids = restOperations.map(({ id }) => id);
    expect(ids.sort()).toEqual([...Object.keys(methodsOf), ...onlyInRest].sort());
  });

  test("every SDK method is mapped to a REST operation, or is only in the SDK", () => {
    const mapped = new Set([...Object.values(methodsOf).flat(), ...onlyInSdk]);
    expect(sdkMethods().sort()).toEqual([...mapped].sort());
  });

  test("every REST operation has a function of its name in the schema api", async () => {
    const rows = await database<{ name: string }[]>`
      select proname as name from pg_proc where pronamespace = 'api'::regnamespace`;
    const functions = new Set(rows.map(({ name }) => name));
    for (const id of Object.keys(methodsOf)) {
      const expected = nameExceptions[id]?.sql ?? [snakeCase(id)];
      for (const name of expected) expect(functions, id).toContain(name);
    }
  });
});

describe("the TSDoc of every method lists the errors of its operation", () => {
  test.each(Object.entries(methodsOf))("%s", async (id, methods) => {
    const { errors = new Set<string>() } = restOperations.find((one) => one.id === id) ?? {};
    const documented = new Set<string>();
    for (const method of methods) {
      for (const code of await documentedErrors(method)) documented.add(code);
    }
    const expected = [...errors].filter(
      (code) => !general.has(code) && !onlyOverHttp.has(code) && !notInSdk[id]?.includes(code),
    );
    expect(expected.filter((code) => !documented.has(code))).toEqual([]);
    const possible = [...errors, ...(moreInSdk[id] ?? [])];
    expect([...documented].filter((code) => !possible.includes(code))).toEqual([]);
  });
});

async function readOperations(): Promise<readonly RestOperation[]> {
  const response = await fetch(`${apiUrl}/functions/v1/api/openapi.json`);
  const { paths } = (await response.json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  };
  return Object.values(paths).flatMap((path) =>
    Object.values(path).map((operation) => ({
      id: operation.operationId,
      errors: new Set(
        Object.values(operation.responses)
          .flatMap(codesOf)
          .filter((code) => code !== "VALIDATION_ERROR" || hasInput(operation)),
      ),
    })),
  );
}

interface Documented {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** Whether the SDK sends anything that can be invalid. Over HTTP an unknown query parameter can be, everywhere. */
function hasInput({ parameters = [], requestBody }: Documented): boolean {
  return requestBody !== undefined || parameters.some((one) => one.in !== "header");
}

function codesOf({ description }: { readonly description: string }): string[] {
  return [...description.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => code);
}

const sdkMethods = (): string[] =>
  Object.entries(visitor()).flatMap(([namespace, object]) => methodsIn(namespace, object));

/** The methods of a namespace and of those inside it. */
function methodsIn(namespace: string, object: object): string[] {
  const own = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => `${namespace}.${name}`);
  const inner = Object.entries(object)
    .filter(([, value]) => typeof value === "object" && value !== null)
    .flatMap(([name, value]) => methodsIn(`${namespace}.${name}`, value));
  return [...own, ...inner];
}

const snakeCase = (id: string) => id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
