import { join } from "node:path";
import type { Logger } from "pino";
import type { PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { EdgeFunction } from "./edge-function.ts";
import { functionEnvironment } from "./environment.ts";
import { type FunctionSource, findFunctions } from "./project-functions.ts";
import { WorkerProcess } from "./worker-process.ts";

/** The project's functions, each with its worker. */
export class FunctionSet {
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #functions = new Map<string, EdgeFunction>();

  constructor(settings: Settings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
  }

  get(slug: string): EdgeFunction | undefined {
    return this.#functions.get(slug);
  }

  /** Boots them all in the background; a request that comes earlier waits for its own. */
  async start(): Promise<void> {
    for (const source of await this.#sources()) this.#add(source);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }

  /** What changed in `supabase/functions`, by first folder; what belongs to no function concerns all. */
  async reload(changed: ReadonlySet<string>): Promise<void> {
    const sources = await this.#sources();
    const slugs = new Set(sources.map((source) => source.slug));
    const shared = [...changed].some((name) => !slugs.has(name) && !this.#functions.has(name));
    const work = sources.map(async (source) => {
      const known = this.#functions.get(source.slug);
      if (known === undefined) this.#add(source);
      else if (shared || changed.has(source.slug)) await known.reload(source);
    });
    for (const [slug, gone] of this.#functions) {
      if (slugs.has(slug)) continue;
      this.#functions.delete(slug);
      work.push(gone.stop());
    }
    await Promise.all(work);
  }

  health(): PartHealth {
    const all = [...this.#functions.values()];
    const restarts = all.reduce((sum, each) => sum + each.restarts, 0);
    const named = (state: string) =>
      all.filter((each) => each.state === state).map((each) => each.source.slug);
    const failed = named("failed").join(", ");
    if (failed !== "") {
      return { state: "failed", restarts, detail: `${failed} does not start; the log says why` };
    }
    const restarting = named("restarting").join(", ");
    if (restarting !== "") {
      return { state: "restarting", restarts, detail: `${restarting} ended; starting again` };
    }
    return { state: "healthy", restarts };
  }

  #sources(): Promise<readonly FunctionSource[]> {
    return findFunctions(this.#settings.projectDir, this.#settings.config.functions);
  }

  #add(source: FunctionSource): void {
    const spawn = (current: FunctionSource) =>
      new WorkerProcess(current, {
        projectDir: this.#settings.projectDir,
        scratch: join(this.#settings.dataDir, "functions", current.slug),
        environment: functionEnvironment(this.#settings, current.slug),
        log: this.#log,
      });
    const added = new EdgeFunction(source, spawn, this.#log);
    this.#functions.set(source.slug, added);
    added.start();
  }
}
