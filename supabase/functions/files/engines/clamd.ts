import { concat } from "@std/bytes/concat.js";
import { messageOf } from "../../_shared/errors.ts";
import type { Engine } from "./engine.ts";

export interface Address {
  readonly hostname: string;
  readonly port: number;
}

const connectMs = 5000;
const commandMs = 10_000;
/** A daemon that takes or sends nothing for this long is considered down. */
const stalledMs = 60_000;
const maxAnswerBytes = 4096;

/**
 * ClamAV's daemon over TCP. Each file is streamed (INSTREAM) as chunks that begin with their length; an empty
 * chunk is the last. The daemon needs no access to Storage.
 */
export function clamd(address: Address): Engine {
  return {
    name: "clamd",
    scan: (bytes, signal) =>
      ask(address, signal, async (conn) => {
        await write(conn, command("INSTREAM"));
        for await (const chunk of bytes) {
          if (chunk.length > 0) await write(conn, concat([lengthOf(chunk), chunk]));
        }
        await write(conn, new Uint8Array(4));
      }).then(verdictOf),
    status: async () => {
      try {
        const answer = await ask(address, AbortSignal.timeout(commandMs), (conn) =>
          write(conn, command("VERSION")),
        );
        return { engine: "clamd", ready: true, detail: answer };
      } catch (error) {
        return { engine: "clamd", ready: false, detail: messageOf(error) };
      }
    },
  };
}

/** Sends one request over a connection of its own. clamd may answer before the request is complete. */
async function ask(
  address: Address,
  signal: AbortSignal,
  send: (conn: Deno.Conn) => Promise<void>,
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
    const reading = readAnswer(conn);
    // When sending fails first, nothing else handles an error of reading.
    reading.catch(() => undefined);
    try {
      await send(conn);
    } catch (error) {
      // An answer that clamd sent before it closed the connection explains more than the write error.
      const answer = await inTime(reading, connectMs).catch(() => "");
      if (answer !== "") return answer;
      throw error;
    }
    const answer = await inTime(reading, stalledMs);
    if (answer === "") throw new Error("It closed the connection without an answer.");
    return answer;
  } catch (error) {
    const reason = signal.aborted ? "The scan took too long." : messageOf(error);
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
      `clamd at ${address.hostname}:${address.port} cannot be reached: ${messageOf(error)}`,
    );
  }
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await inTime(conn.write(rest), stalledMs));
}

async function readAnswer(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(maxAnswerBytes);
  let length = 0;
  while (length < buffer.length) {
    const read = await conn.read(buffer.subarray(length)).catch(() => null);
    if (read === null) break;
    length += read;
    if (buffer[length - 1] === 0) break;
  }
  return new TextDecoder().decode(buffer.subarray(0, length)).replace(/\0.*$/s, "").trim();
}

/** `stream: OK`, `stream: <name> FOUND`; any other answer is an error. */
export function verdictOf(answer: string): string | undefined {
  if (answer === "stream: OK") return undefined;
  const [, found] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  if (found !== undefined) return found;
  if (/size limit exceeded/i.test(answer)) {
    throw new Error("The file exceeds clamd's StreamMaxLength. Set it to 100M or more.");
  }
  throw new Error(`clamd answered "${answer.slice(0, 200)}".`);
}

/** A command that ends with a zero byte. clamd's answer then ends with one as well. */
const command = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`z${name}\0`);

function lengthOf(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, chunk.length);
  return length;
}

/** Clears its timer, unlike `deadline` of the standard library: there is one for every chunk of every file. */
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
