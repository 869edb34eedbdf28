import { resolve } from "node:path";
import { loadConfig } from "./config.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { applyProject, startDatabase } from "./database.ts";
import { announce, type Descriptor, describe, retract } from "./descriptor.ts";
import { FunctionsRuntime } from "./functions/functions.ts";
import { cacheFunctions } from "./functions/prepare.ts";
import { Gateway } from "./gateway/gateway.ts";
import { loadSettings } from "./load-settings.ts";
import { createLog } from "./log.ts";
import { MailCapture } from "./mail/mail.ts";
import type { Part, PartHealth } from "./parts.ts";
import type { RequestedPorts } from "./ports.ts";
import { PostgresCluster } from "./postgres/cluster.ts";
import { Postgrest } from "./postgrest/postgrest.ts";
import { NodeService } from "./process/node-service.ts";
import { programFile } from "./process/program-file.ts";
import type { Settings } from "./settings.ts";
import { allSettled, type OnStep, timing } from "./steps.ts";

export interface StackOptions {
  /** The folder that holds `supabase/`. */
  readonly projectDir: string;
  /** Where the stack keeps its data; made if it is missing. One stack at a time can use it. */
  readonly dataDir: string;
  /** Ports to listen on; without them the ones of `config.toml`. `{ api: 0 }` chooses free ones. */
  readonly ports?: RequestedPorts;
  /** The address that the API listens on. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Whether a proxy in front of the API sets `X-Forwarded-*`. Default: these headers are ignored. */
  readonly trustProxy?: boolean;
  /** Starts with an empty database; keys are kept. */
  readonly reset?: boolean;
  /** `false` leaves the project's seeds out. */
  readonly seed?: boolean;
  readonly onStep?: OnStep;
}

/** A running Supabase: every part is started in order, watched, and stopped in reverse. */
export class Stack {
  readonly #settings: Settings;
  readonly #folder: DataFolder;
  readonly #parts: Part[] = [];
  #stopping: Promise<void> | undefined;

  private constructor(settings: Settings, folder: DataFolder) {
    this.#settings = settings;
    this.#folder = folder;
  }

  /** Resolves when every part answers. When one does not, stops the others and rejects. */
  static async start(options: StackOptions): Promise<Stack> {
    const { dataDir, ports, host, trustProxy, reset = false } = options;
    const projectDir = resolve(options.projectDir);
    // Without a project nothing is made, and nothing removed.
    await loadConfig(projectDir);
    const folder = await openDataFolder(dataDir, { empty: reset });
    let stack: Stack;
    try {
      stack = new Stack(
        await loadSettings(projectDir, folder.path, ports, { host, trustProxy }),
        folder,
      );
    } catch (error) {
      await folder.release();
      throw error;
    }
    try {
      await stack.#boot(options);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Its addresses and keys, under the official CLI's names. */
  get about(): Descriptor {
    return describe(this.#settings);
  }

  get dataDir(): string {
    return this.#folder.path;
  }

  /** How each part is, by its name. */
  health(): Readonly<Record<string, PartHealth>> {
    return Object.fromEntries(this.#parts.map((part) => [part.name, part.health()]));
  }

  /** Stops every part, newest first. What was committed is kept; calling it twice is fine. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await retract(this.#settings.dataDir);
      for (const part of [...this.#parts].reverse()) await part.stop();
      await this.#folder.release();
    })();
    return this.#stopping;
  }

  async #boot({ onStep, seed }: StackOptions): Promise<void> {
    const settings = this.#settings;
    const timed = timing(onStep);
    const run = (part: Part, step: string) => {
      this.#parts.push(part);
      return timed(step, () => part.start());
    };
    const service = (name: string, flags?: readonly string[]) => {
      const program = programFile(`./${name}/main`, import.meta.url);
      return new NodeService(name, program, settings, flags);
    };
    const log = (name: string) => createLog(name, settings.dataDir);

    const functions = async () => {
      const functionsLog = log("functions");
      // Does nothing unless an import is new. A function with one that cannot be fetched reports that itself.
      await cacheFunctions(settings.projectDir).catch((error) => functionsLog.error(error));
      await run(new FunctionsRuntime(settings, functionsLog), "Functions");
    };

    const cluster = new PostgresCluster(settings);
    this.#parts.push(cluster);
    const mail = run(new MailCapture(settings), "Mail capture");
    await allSettled([mail, startDatabase(cluster, settings, timed)]);

    const schema = async () => {
      await applyProject(settings, timed, seed);
      await allSettled([
        run(new Postgrest(settings), "PostgREST"),
        // Storage removes unreferenced files when it starts, so migrations and seeds must have run before.
        run(service("storage", lowMemory), "Storage"),
        run(service("realtime", lowMemory), "Realtime"),
      ]);
      await run(service("jobs"), "Cron and net");
    };
    await allSettled([run(service("auth"), "Auth"), functions(), schema()]);
    await run(new Gateway(settings, log("gateway"), () => this.health()), "Gateway");
    await announce(settings);
  }
}

/** Collects buffers of finished chunks earlier, so that streaming services use little memory. */
const lowMemory = ["--max-semi-space-size=1"];
