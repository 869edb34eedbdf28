/** Looks for malware. Files are given as streams and never lie in memory as a whole. */
export interface Engine {
  readonly name: "clamd" | "builtin" | "none";
  /**
   * The name of what was found, nothing where nothing was. Rejects when it could not look at all of
   * it: such a file waits and is tried again, for a doubt is never an acquittal.
   */
  scan(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string | undefined>;
  status(): Promise<EngineStatus>;
}

export interface EngineStatus {
  readonly engine: Engine["name"];
  readonly ready: boolean;
  /** What it is and what it finds, or why it is not ready; for people. */
  readonly detail: string;
}
