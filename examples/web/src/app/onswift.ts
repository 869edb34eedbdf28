import { createClient, type OnSwift, type Session } from "@onswift/sdk";
import { useSyncExternalStore } from "react";
import type { Config, Demo } from "./config.ts";

/** The one client of this page. It is set before the first render. */
export let onswift: OnSwift;
export let demo: Demo | undefined;

let session: Session | null = null;
const listeners = new Set<() => void>();

/** Creates the client and reads the stored session, so that no screen has to wait for it. */
export async function connect(config: Config): Promise<void> {
  demo = config.demo;
  onswift = createClient({ url: config.url, key: config.key });
  // Without a network the stored session cannot be renewed. The screens show that error themselves.
  session = (await onswift.auth.getSession()).data;
  onswift.auth.onChange((_event, changed) => {
    // A renewal changes the tokens, not who is signed in.
    if (changed?.user.id === session?.user.id && changed?.user.email === session?.user.email)
      return;
    session = changed;
    for (const listener of listeners) listener();
  });
}

export const currentSession = (): Session | null => session;

/** Also called after a sign-in or sign-out in another tab. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useSession = (): Session | null =>
  useSyncExternalStore(onSessionChange, currentSession);
