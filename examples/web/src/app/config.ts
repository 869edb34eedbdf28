/** What the server of this page sends: which backend to use, and whether this is a demo. */
export interface Config {
  readonly url: string;
  readonly key: string;
  /** Seeded accounts for one-click sign-in. Only `npm start -- --web` sends them. */
  readonly demo?: Demo | undefined;
}

export interface Demo {
  readonly password: string;
  readonly people: readonly Persona[];
}

export interface Persona {
  readonly name: string;
  readonly email: string;
  readonly userType: "creator" | "talent";
  readonly note: string;
}

/** The address is fixed at build time in most apps; here one build serves every stack. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json");
  if (!response.ok) throw new Error(`/config.json answered ${response.status}.`);
  const config = (await response.json()) as Config;
  return { ...config, demo: isLocal(location.hostname) ? config.demo : undefined };
}

/** One-click sign-in must never appear on a real site, whatever a server sends. */
export const isLocal = (host: string): boolean =>
  host === "localhost" || host === "127.0.0.1" || host === "[::1]";
