import { isOnSwiftError } from "@onswift/sdk";
import { QueryClient } from "@tanstack/react-query";

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The SDK has its own retries; the ones of the library would double them. It also reports being offline
      // as an error at once, where the library would wait.
      retry: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

/** What a key begins with. */
type Topic = string;

// Realtime events do not cover every change, such as a new sample. Other tabs of this browser hear of those here.
const otherTabs = new BroadcastChannel("onswift-changes");
otherTabs.addEventListener("message", ({ data }: MessageEvent<readonly Topic[]>) => refresh(data));

const refresh = (topics: readonly Topic[]) =>
  Promise.all(topics.map((topic) => cache.invalidateQueries({ queryKey: [topic] })));

/** Loads again what has changed, in this tab and in the others. */
export async function changed(...topics: Topic[]): Promise<void> {
  otherTabs.postMessage(topics);
  await refresh(topics);
}

export const codeOf = (error: unknown): string =>
  isOnSwiftError(error) ? error.code : "INTERNAL_ERROR";
