import assert from "node:assert/strict";
import { clamd, verdictOf } from "../engines/clamd.ts";
import { inPieces } from "./eicar.ts";

const signal = () => AbortSignal.timeout(5000);
const file = Uint8Array.from({ length: 200_000 }, (_, index) => index % 256);

/** A server on a free port that handles each connection as a test defines. */
async function listening(
  serve: (conn: Deno.Conn) => Promise<void>,
  test: (address: { hostname: string; port: number }) => Promise<void>,
): Promise<void> {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of server) {
      await serve(conn);
      conn.close();
    }
  })();
  try {
    await test({ hostname: "127.0.0.1", port: (server.addr as Deno.NetAddr).port });
  } finally {
    server.close();
    await serving.catch(() => undefined);
  }
}

async function take(conn: Deno.Conn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const read = await conn.read(bytes.subarray(at));
    if (read === null) throw new Error("ended");
    at += read;
  }
  return bytes;
}

const answer = (conn: Deno.Conn, words: string) =>
  conn.write(new TextEncoder().encode(`${words}\0`));

Deno.test("a file is sent in chunks with their lengths, ended by an empty chunk", async () => {
  const got: number[] = [];
  await listening(
    async (conn) => {
      assert.equal(new TextDecoder().decode(await take(conn, 10)), "zINSTREAM\0");
      for (;;) {
        const length = new DataView((await take(conn, 4)).buffer).getUint32(0);
        if (length === 0) break;
        got.push(...(await take(conn, length)));
      }
      await answer(conn, "stream: OK");
    },
    async (address) => {
      assert.equal(await clamd(address).scan(inPieces(file, 30_000), signal()), undefined);
    },
  );
  assert.deepEqual(Uint8Array.from(got), file);
});

Deno.test("only clamd's documented answers are a verdict", () => {
  assert.equal(verdictOf("stream: OK"), undefined);
  assert.equal(verdictOf("stream: Win.Test.EICAR_HDB-1 FOUND"), "Win.Test.EICAR_HDB-1");
  for (const answer of [
    "",
    "OK",
    "stream: OK?",
    "stream: Can't allocate memory ERROR",
    "UNKNOWN",
  ]) {
    assert.throws(() => verdictOf(answer), /clamd answered/, answer);
  }
});

Deno.test("an error that clamd reports in the middle of the stream is passed on", async () => {
  await listening(
    async (conn) => {
      await take(conn, 1000);
      await answer(conn, "INSTREAM size limit exceeded. ERROR");
    },
    async (address) => {
      const endless = (async function* () {
        for (let piece = 0; piece < 10_000; piece += 1) yield file;
      })();
      await assert.rejects(clamd(address).scan(endless, signal()), /StreamMaxLength/);
    },
  );
});

Deno.test("a scanner that closes the connection, hangs or cannot be reached gives no verdict", async () => {
  await listening(
    async (conn) => void (await take(conn, 10)),
    async (address) => {
      await assert.rejects(clamd(address).scan(inPieces(file, 1000), signal()), /clamd at 127/);
    },
  );

  const hung = Promise.withResolvers<void>();
  await listening(
    () => hung.promise,
    async (address) => {
      const short = AbortSignal.timeout(100);
      await assert.rejects(clamd(address).scan(inPieces(file, 1000), short), /took too long/);
      hung.resolve();
    },
  );

  let port = 0;
  await listening(
    async () => undefined,
    async (address) => {
      port = address.port;
    },
  );
  const gone = clamd({ hostname: "127.0.0.1", port });
  await assert.rejects(gone.scan(inPieces(file, 1000), signal()), /cannot be reached/);
  const { ready, detail } = await gone.status();
  assert.equal(ready, false);
  assert.match(detail, /cannot be reached/);
});
