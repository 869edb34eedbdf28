/** The state of a part of the stack, as `GET /health` reports it. */
export type PartState = "stopped" | "starting" | "healthy" | "restarting" | "failed";

export interface PartHealth {
  readonly state: PartState;
  /** How often it was started again after it ended by itself. */
  readonly restarts: number;
  readonly pid?: number;
  /** One sentence for people, when something is wrong. */
  readonly detail?: string;
}

/** One thing the stack starts, watches and stops: PostgreSQL, Auth, the gateway, … */
export interface Part {
  readonly name: string;
  /** Resolves when the part answers. Rejects with a sentence a person can act on. */
  start(): Promise<void>;
  /** Stops it and everything it started. Never rejects; can be called twice. */
  stop(): Promise<void>;
  health(): PartHealth;
}
