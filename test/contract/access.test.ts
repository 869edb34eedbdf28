import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
import { accessDocument, expectedAccess, type Outcome, rules } from "./access.ts";
import { type Operation, openApi, operationsOf } from "./document.ts";
import { examples, requestOf, type Sendable } from "./requests.ts";
import { send } from "./send.ts";
import {
  buildContractWorld,
  type ContractWorld,
  canSignTokens,
  type Persona,
  personas,
  tokenOf,
} from "./world.ts";

const sql = openDatabase();
afterAll(() => sql.end());

const operations = operationsOf(await openApi());

/** The email addresses of other accounts in a response, which the request did not contain either. */
function addressesOfOthers(
  response: unknown,
  request: Sendable,
  world: ContractWorld,
  self: Persona,
) {
  const [received = "", sent = ""] = [response, request].map((value) => JSON.stringify(value));
  return Object.entries(world.accounts)
    .filter(([persona]) => persona !== self)
    .map(([, id]) => `${id}@example.com`)
    .filter((address) => received.includes(address) && !sent.includes(address));
}

/** The answers to all personas, each in a world that no success of another one has changed. */
async function outcomesOf(operation: Operation): Promise<Readonly<Record<string, Outcome>>> {
  const { operationId: id, method } = operation;
  const outcomes: [Persona, Outcome][] = [];
  let world: ContractWorld | undefined;
  for (const persona of personas) {
    if (world === undefined) {
      world = await buildContractWorld(sql);
      await examples[id]?.prepare?.(sql, world);
    }
    const token = await tokenOf(world, persona);
    const request = requestOf(id, world);
    const { status, body } = await send(operation, request, token);
    expect(addressesOfOthers(body, request, world, persona), `${id} to ${persona}`).toEqual([]);
    outcomes.push([persona, status < 300 ? String(status) : `${status} ${body.error.code}`]);
    if (status < 300 && method !== "get") world = undefined;
  }
  return Object.fromEntries(outcomes);
}

describe.skipIf(!canSignTokens)("every operation answers each persona as documented", () => {
  test.each(operations.map((operation) => [operation.operationId, operation] as const))(
    "%s",
    async (_id, operation) => {
      expect(await outcomesOf(operation)).toEqual(expectedAccess(operation));
    },
  );

  test("has no row for an operation that does not exist", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(Object.keys(rules).filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("docs/operation-access.md shows it", async () => {
    const file = join(import.meta.dirname, "../../docs/operation-access.md");
    const document = accessDocument(operations);
    if (process.env.UPDATE_DOCS === "1") await writeFile(file, document);
    expect(await readFile(file, "utf8")).toBe(document);
  });
});
