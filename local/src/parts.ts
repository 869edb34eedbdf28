/** How a part of the stack is doing, as `GET /health` and `status` tell it. */
export type PartState = "stopped" | "starting" | "healthy" | "restarting" | "failed";

export interface PartHealth {
  readonly state: PartState;
  /** How often it was brought back after dying. */
  readonly restarts: number;
  readonly pid?: number;
  /** One sentence for people, when there is something to say. */
  readonly detail?: string;
}

/** One thing the stack starts, watches and stops: PostgreSQL, Auth, the gateway, … */
export interface Part {
  readonly name: string;
  /** Resolves when the part answers. Rejects with a sentence a person can act on. */
  start(): Promise<void>;
  /** Stops it and everything it started. Never rejects; may be called twice. */
  stop(): Promise<void>;
  health(): PartHealth;
}
