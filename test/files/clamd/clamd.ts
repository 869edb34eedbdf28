import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../../../scripts/free-port.ts";

/** Debian's `clamav-daemon`, where it is installed. */
export const clamdBinary = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "clamd"))
  .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A real clamd with one signature, EICAR's, from the file beside this one. So it needs no download and starts
 * at once. Everything else, such as unpacking archives, is ClamAV's own.
 */
export class Clamd {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async install(): Promise<Clamd> {
    const folder = await mkdtemp(join(tmpdir(), "onswift-clamd-"));
    const clamd = new Clamd(await freePort(), folder);
    await copyFile(join(import.meta.dirname, "eicar.ndb"), join(folder, "eicar.ndb"));
    const settings = [
      `DatabaseDirectory ${folder}`,
      `TemporaryDirectory ${folder}`,
      "TCPAddr 127.0.0.1",
      `TCPSocket ${clamd.port}`,
      "StreamMaxLength 100M",
      "Foreground yes",
    ];
    await writeFile(join(folder, "clamd.conf"), `${settings.join("\n")}\n`);
    return clamd;
  }

  async start(): Promise<void> {
    const child = spawn(clamdBinary ?? "clamd", ["-c", join(this.#folder, "clamd.conf")]);
    this.#process = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    const deadline = Date.now() + 20_000;
    while ((await this.#ask("zPING\0").catch(() => "")) !== "PONG\0") {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`clamd does not start:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it without a warning, as when the machine runs out of memory. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async uninstall(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(this.port, "127.0.0.1", () => socket.write(command));
      socket.setEncoding("latin1").on("data", (text) => {
        answer += text;
      });
      socket.once("error", reject).once("close", () => resolve(answer));
    });
  }
}
