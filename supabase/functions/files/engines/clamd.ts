import type { Engine } from "./engine.ts";

export interface Address {
  readonly hostname: string;
  readonly port: number;
}

const connectMs = 5000;
const commandMs = 10_000;
/** One that takes nothing, or says nothing, for this long is not working. */
const stalledMs = 60_000;
const longestAnswer = 4096;

/**
 * ClamAV's daemon over TCP, file by file as a stream (INSTREAM): chunks that begin with their length,
 * ended by one of length zero. It sees the bytes only, so it needs no access to where files lie.
 */
export function clamd(address: Address): Engine {
  return {
    name: "clamd",
    scan: (bytes, signal) =>
      talk(address, signal, async (conn) => {
        await write(conn, command("INSTREAM"));
        for await (const chunk of bytes) {
          if (chunk.length > 0) await write(conn, withLength(chunk));
        }
        await write(conn, new Uint8Array(4));
      }).then(verdictOf),
    status: async () => {
      try {
        const answer = await talk(address, AbortSignal.timeout(commandMs), (conn) =>
          write(conn, command("VERSION")),
        );
        return { engine: "clamd", ready: true, detail: answer };
      } catch (error) {
        return { engine: "clamd", ready: false, detail: messageOf(error) };
      }
    },
  };
}

/** One connection, one question. The answer is listened for from the start: clamd may refuse midway. */
async function talk(
  address: Address,
  signal: AbortSignal,
  ask: (conn: Deno.Conn) => Promise<void>,
): Promise<string> {
  const conn = await connect(address, signal);
  const close = () => {
    try {
      conn.close();
    } catch {
      // Closed already.
    }
  };
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  try {
    const answer = readAnswer(conn);
    // Whoever asks may fail first; the answer's own failure is then nobody's to catch.
    answer.catch(() => undefined);
    try {
      await ask(conn);
    } catch (error) {
      // It hung up while we were talking; what it said before is the better reason.
      const said = await inTime(answer, connectMs).catch(() => "");
      if (said !== "") return said;
      throw error;
    }
    const said = await inTime(answer, stalledMs);
    if (said === "") throw new Error("It hung up without an answer.");
    return said;
  } catch (error) {
    const reason = signal.aborted ? "It took too long." : messageOf(error);
    throw new Error(`clamd at ${address.hostname}:${address.port}: ${reason}`);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

async function connect(address: Address, signal: AbortSignal): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const connecting = Deno.connect({ ...address, transport: "tcp" });
  try {
    const conn = await inTime(connecting, connectMs);
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    connecting.then((late) => late.close()).catch(() => undefined);
    throw new Error(
      `clamd at ${address.hostname}:${address.port} is not there: ${messageOf(error)}`,
    );
  }
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await inTime(conn.write(rest), stalledMs));
}

async function readAnswer(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(longestAnswer);
  let length = 0;
  while (length < buffer.length) {
    const read = await conn.read(buffer.subarray(length)).catch(() => null);
    if (read === null) break;
    length += read;
    if (buffer[length - 1] === 0) break;
  }
  return new TextDecoder().decode(buffer.subarray(0, length)).replace(/\0.*$/s, "").trim();
}

/** `stream: OK`, `stream: <name> FOUND`; anything else is a complaint. */
export function verdictOf(answer: string): string | undefined {
  if (answer === "stream: OK") return undefined;
  const [, found] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  if (found !== undefined) return found;
  if (/size limit exceeded/i.test(answer)) {
    throw new Error(
      "The file is larger than clamd's StreamMaxLength, which has to be 100M or more.",
    );
  }
  throw new Error(`clamd answered "${answer.slice(0, 200)}".`);
}

/** In its form that ends with a zero byte, and so does the answer then. */
const command = (name: string): Uint8Array => new TextEncoder().encode(`z${name}\0`);

function withLength(chunk: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + chunk.length);
  new DataView(framed.buffer).setUint32(0, chunk.length);
  framed.set(chunk, 4);
  return framed;
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
