/** Scans files for malware. Files are streamed and never held in memory as a whole. */
export interface Engine {
  readonly name: "clamd" | "builtin" | "none";
  /**
   * Returns the name of the malware, or undefined for a clean file. Rejects when it could not scan the whole
   * file; the file then waits and is scanned again.
   */
  scan(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string | undefined>;
  status(): Promise<EngineStatus>;
}

export interface EngineStatus {
  readonly engine: Engine["name"];
  readonly ready: boolean;
  /** For people: what the engine is and what it finds, or why it is not ready. */
  readonly detail: string;
}
