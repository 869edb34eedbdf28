import assert from "node:assert/strict";
import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { Replica } from "../database/replica.ts";

/** A replica whose connections answer the question for its position, one answer after the other. */
function replicaThat(...answers: (boolean | Error | Promise<never>)[]) {
  const asked: unknown[] = [];
  const reported: unknown[] = [];
  let seconds = 0;
  const sql = {
    reserve: async () =>
      Object.assign(
        async (_text: TemplateStringsArray, position: unknown) => {
          asked.push(position);
          const answer = await (answers.length > 1 ? answers.shift() : answers[0]);
          if (answer instanceof Error) throw answer;
          return [{ reached: answer }];
        },
        { release: () => undefined },
      ),
  } as unknown as Sql;
  const replica = new Replica(
    sql,
    (cause) => reported.push(cause),
    () => seconds * 1000,
  );
  const wait = (more: number) => {
    seconds += more;
  };
  return { replica, asked, reported, wait };
}

const databaseError = (code: string) =>
  Object.assign(Object.create(postgres.PostgresError.prototype), { severity: "ERROR", code });

Deno.test("a read waits until the replica has reached the position", async () => {
  const { replica, asked } = replicaThat(false, false, true);
  assert.equal(await replica.read("0/5", async () => "rows"), "rows");
  assert.deepEqual(asked, ["0/5", "0/5", "0/5"]);
});

Deno.test("a replica that lags or fails gets no reads for a while, then one that tries it", async () => {
  for (const answer of [false, Object.assign(new Error("gone"), { code: "ECONNREFUSED" })]) {
    const { replica, asked, reported, wait } = replicaThat(answer);
    const read = () => replica.read("0/5", async () => "rows");
    assert.equal(await read(), undefined);
    const first = asked.length;
    assert.equal(reported.length, 1);
    assert.equal(await read(), undefined);
    assert.equal(asked.length, first);

    wait(6);
    const both = await Promise.all([read(), read()]);
    assert.deepEqual(both, [undefined, undefined]);
    assert.equal(reported.length, 2, "the second read did not try");
  }
});

Deno.test("a replica that works again gets all reads at once", async () => {
  const gone = Object.assign(new Error("gone"), { code: "ECONNRESET" });
  const { replica, wait } = replicaThat(gone, true);
  const read = () => replica.read("0/5", async () => "rows");
  assert.equal(await read(), undefined);
  wait(6);
  assert.equal(await read(), "rows");
  assert.deepEqual(await Promise.all([read(), read()]), ["rows", "rows"]);
});

Deno.test("what the primary would refuse as well is thrown, what only a replica refuses is not", async () => {
  for (const code of ["PT404", "22P02", "57014"]) {
    const { replica, reported } = replicaThat(true);
    await assert.rejects(replica.read("0/5", () => Promise.reject(databaseError(code))));
    assert.equal(await replica.read("0/5", async () => "rows"), "rows");
    assert.deepEqual(reported, []);
  }
  // A conflict with recovery, and a statement that recovery does not allow.
  for (const code of ["40001", "25006"]) {
    const { replica, reported } = replicaThat(true);
    const refused = await replica.read("0/5", () => Promise.reject(databaseError(code)));
    assert.equal(refused, undefined);
    assert.equal(reported.length, 1);
    assert.equal(await replica.read("0/5", async () => "rows"), "rows");
  }
});

Deno.test("a replica that does not answer is given up after a second, before the read has begun", async () => {
  let answerNow: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    answerNow = () => reject(new Error("too late"));
  });
  const { replica } = replicaThat(late);
  const began = performance.now();
  let ran = false;
  const read = await replica.read("0/5", async () => {
    ran = true;
  });
  assert.equal(read, undefined);
  assert.ok(performance.now() - began >= 900);
  answerNow?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(ran, false);
});
