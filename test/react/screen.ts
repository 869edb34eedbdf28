import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Window } from "happy-dom";
import { createElement, type ReactNode } from "react";
import type { Root } from "react-dom/client";
import type { OnSwift, Session } from "../../sdk/src/index.ts";
import { OnSwiftProvider } from "../../sdk/src/react.ts";

// React draws into a document. Everything else, such as fetch and WebSocket, stays Node's.
const page = new Window();
Object.assign(globalThis, { document: page.document, window: page });
const { createRoot } = await import("react-dom/client");

/** One hook, or several, in an app of their own. */
export interface Screen<Value> {
  /** What the hook returned last. */
  readonly now: Value;
  readonly cache: QueryClient;
  close(): Promise<void>;
}

function Probe({ run }: { readonly run: () => unknown }): ReactNode {
  run();
  return null;
}

/** Runs a hook in a component under the provider of `onswift`. */
export function show<Value>(onswift: OnSwift, hook: () => Value, session?: Session): Screen<Value> {
  const cache = new QueryClient();
  const values: Value[] = [];
  const root: Root = createRoot(page.document.createElement("div") as unknown as Element);
  const app = createElement(
    OnSwiftProvider,
    { client: onswift, session },
    createElement(Probe, { run: () => values.push(hook()) }),
  );
  root.render(createElement(QueryClientProvider, { client: cache }, app));
  return {
    get now() {
      return values.at(-1) as Value;
    },
    cache,
    async close() {
      root.unmount();
      cache.clear();
    },
  };
}
