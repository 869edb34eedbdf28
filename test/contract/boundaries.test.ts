import { afterAll, describe, expect, test } from "vitest";
import type { Reply } from "../rest/support.ts";
import { openDatabase } from "../world/stack.ts";
import { type Probe, probesOf } from "./boundaries.ts";
import {
  type Json,
  type OpenApi,
  type Operation,
  openApi,
  operationsOf,
  Validator,
} from "./document.ts";
import { examples, requestOf } from "./requests.ts";
import { send } from "./send.ts";
import { buildContractWorld, canSignTokens, tokenOf } from "./world.ts";

const sql = openDatabase();
afterAll(() => sql.end());

const document: OpenApi = await openApi();
const operations = operationsOf(document);
const validator = new Validator(document);

/** What a refused value can be answered with. A wrong code would say that another check came first. */
const refusals = ["VALIDATION_ERROR", "WEAK_PASSWORD", "FILE_TOO_LARGE"];

const fieldsOf = ({ body }: Reply): readonly string[] =>
  (body?.error?.details ?? []).map(({ field }: { field: string }) => field.replace(/[.[].*$/, ""));

/** Rules that a schema cannot express: the field depends on who asks, or on rows of the database. */
const unexpressed: Readonly<Record<string, readonly string[]>> = {
  updateMe: ["companyName", "skills"],
  submitDeliverable: ["files"],
  resubmitDeliverable: ["files"],
  // A cursor names a talent.
  searchTalent: ["cursor"],
  getAnalytics: ["timeZone"],
  followUnsubscribeLink: ["token"],
  unsubscribe: ["token"],
};

/** A wrong link of a feed is answered like an unknown one. */
const hidden: Readonly<Record<string, string>> = { getCalendarFeed: "NOT_FOUND" };

/** Blank text clears an optional link, as null does. The schema knows only null. */
const isBlankLink = ({ field, request }: Probe) =>
  /Url$/.test(field) &&
  String((request.body as Json)[field])
    .replace("\0", "")
    .trim() === "";

describe.skipIf(!canSignTokens)("a request at a limit of the schema", () => {
  test.each(operations.map((operation) => [operation.operationId, operation] as const))(
    "%s",
    async (id, operation) => {
      const unexpected: string[] = [];
      const attempt = async (probe: Probe, token: string | undefined) => {
        const reply = await send(operation, probe.request, token);
        const problem = problemOf(id, probe, reply);
        if (problem !== undefined) unexpected.push(`${probe.what}: ${problem}`);
        return reply;
      };
      let { probes, token } = await freshProbes(operation);

      // What is refused changes nothing, so several can be sent together.
      const refused = probes.filter(({ isValid }) => !isValid);
      for (let start = 0; start < refused.length; start += 8) {
        await forgetCounts();
        await Promise.all(refused.slice(start, start + 8).map((probe) => attempt(probe, token)));
      }

      for (let index = 0; index < probes.length; index++) {
        const probe = probes[index] as Probe;
        if (!probe.isValid) continue;
        await forgetCounts();
        const { status } = await attempt(probe, token);
        // A success changed what the next request needs, unless it can be repeated.
        const isRepeatable =
          ["get", "put"].includes(operation.method) && id !== "reviewDeliverable";
        if (!isRepeatable && status < 300) ({ probes, token } = await freshProbes(operation));
      }
      expect(unexpected).toEqual([]);
      // Where nothing can be invalid, unknown parameters are ignored too.
      if (id !== "getDocs") expect(refused.length).toBeGreaterThan(0);
    },
  );
});

/** The probes of an operation in a new world. Their order is always the same. */
async function freshProbes(operation: Operation) {
  const { operationId: id } = operation;
  const world = await buildContractWorld(sql);
  const token = await tokenOf(world, examples[id]?.by ?? "creator");
  await examples[id]?.prepare?.(sql, world);
  return { probes: probesOf(operation, requestOf(id, world), document, validator), token };
}

/** What the schema refuses, the API has to refuse; what it accepts must not be refused for this field. */
function problemOf(id: string, probe: Probe, reply: Reply): string | undefined {
  const { isValid, field } = probe;
  const code = reply.body?.error?.code;
  const names = fieldsOf(reply).includes(field);
  if (reply.status >= 500) return `${reply.status} ${code}`;
  if (!isValid && reply.status < 300 && isBlankLink(probe)) return undefined;
  if (!isValid && !(reply.status >= 400 && (refusals.includes(code) || hidden[id] === code))) {
    return `the schema refuses it, the answer is ${reply.status} ${code ?? ""}`;
  }
  const isExpressed = !unexpressed[id]?.includes(field);
  if (isValid && isExpressed && code === "VALIDATION_ERROR" && names) {
    const [detail] = reply.body.error.details;
    return `the schema accepts it, but: ${detail.message}`;
  }
  return undefined;
}

/** The limits of requests and attempts are other tests' subject. */
const forgetCounts = () => sql`truncate private.request_counts`;
