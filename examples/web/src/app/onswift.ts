import { createClient, type OnSwift, type Session } from "@onswift/sdk";
import type { Config, Demo } from "./config.ts";

/** The one client of this page. It is set before the first render. */
export let onswift: OnSwift;
export let demo: Demo | undefined;

let session: Session | null = null;

/** Creates the client and reads the stored session, so that no screen has to wait for it. */
export async function connect(config: Config): Promise<void> {
  demo = config.demo;
  onswift = createClient({ url: config.url, key: config.key });
  // Without a network the stored session cannot be renewed. The screens show that error themselves.
  session = (await onswift.auth.getSession()).data;
  onswift.auth.onChange((_event, changed) => {
    session = changed;
  });
}

/** For the routes, which decide outside of React. Components use `useSession` of the SDK. */
export const currentSession = (): Session | null => session;
