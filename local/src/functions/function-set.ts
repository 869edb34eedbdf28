import { join } from "node:path";
import type { Logger } from "pino";
import type { PartHealth, PartState } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { EdgeFunction } from "./edge-function.ts";
import { functionEnvironment } from "./environment.ts";
import { type FunctionSource, findFunctions } from "./project-functions.ts";
import { launchWorker } from "./worker-process.ts";

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

  /** Starts all functions in the background. A request for a function that is not ready waits for it. */
  async start(): Promise<void> {
    for (const source of await this.#sources()) this.#add(source);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }

  /** Reloads the functions whose folders changed. A change elsewhere in `supabase/functions` reloads all of them. */
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
    const all = [...this.#functions.values()].map((each) => ({
      slug: each.source.slug,
      ...each.health(),
    }));
    const restarts = all.reduce((sum, each) => sum + each.restarts, 0);
    const slugsOf = (expected: PartState) =>
      all.filter(({ state }) => state === expected).map(({ slug }) => slug);
    const failed = slugsOf("failed").join(", ");
    if (failed !== "") {
      return {
        state: "failed",
        restarts,
        detail: `${failed}: does not start. The log has the reason.`,
      };
    }
    const restarting = slugsOf("restarting").join(", ");
    if (restarting !== "") {
      return { state: "restarting", restarts, detail: `${restarting}: ended, restarting` };
    }
    return { state: "healthy", restarts };
  }

  #sources(): Promise<readonly FunctionSource[]> {
    return findFunctions(this.#settings.projectDir, this.#settings.config.functions);
  }

  #add(source: FunctionSource): void {
    const launch = (current: FunctionSource) =>
      launchWorker(current, {
        projectDir: this.#settings.projectDir,
        scratch: join(this.#settings.dataDir, "functions", current.slug),
        environment: functionEnvironment(this.#settings, current.slug),
        log: this.#log,
      });
    const added = new EdgeFunction(source, launch, this.#log);
    this.#functions.set(source.slug, added);
    added.start();
  }
}
