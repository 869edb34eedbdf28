import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { OnSwift } from "../client.ts";
import { keepLive, type LiveCache } from "../queries/live.ts";
import { queriesOf } from "../queries/queries.ts";
import type { OnSwiftQueries } from "../queries/types.ts";
import type { Session } from "../types/auth.ts";

interface Shared {
  readonly onswift: OnSwift;
  readonly queries: OnSwiftQueries;
  readonly cache: QueryClient;
  readonly session: Session | null | undefined;
  readonly changed: LiveCache["changed"];
}

const Context = createContext<Shared | null>(null);

/**
 * Gives a client to the hooks below it, keeps the cache of TanStack Query in step with its realtime events, and empties
 * it when another user signs in or the user signs out. Place it inside of `QueryClientProvider`.
 *
 * @example
 * ```tsx
 * <QueryClientProvider client={queryClient}>
 *   <OnSwiftProvider client={onswift}>
 *     <App />
 *   </OnSwiftProvider>
 * </QueryClientProvider>
 * ```
 */
export function OnSwiftProvider({
  client,
  session: first,
  children,
}: {
  readonly client: OnSwift;
  /** The session for the first render, if you have read it already. Without it, that render has none yet. */
  readonly session?: Session | null | undefined;
  readonly children?: ReactNode;
}): ReactElement {
  const cache = useQueryClient();
  const [session, setSession] = useState(first);
  const [live, setLive] = useState<LiveCache>();

  useEffect(() => {
    // The cache of the last user is empty before anything is drawn for the next one.
    const updates = keepLive(client, cache);
    const stopSession = client.auth.onChange((_, next) => setSession(next));
    setLive(updates);
    return () => {
      stopSession();
      updates.stop();
    };
  }, [client, cache]);

  const shared = useMemo<Shared>(
    () => ({
      onswift: client,
      queries: queriesOf(client),
      cache,
      session,
      changed: async (...areas) => live?.changed(...areas),
    }),
    [client, cache, session, live],
  );
  return createElement(Context.Provider, { value: shared }, children);
}

/** What the provider gives to the hooks. */
export function useShared(): Shared {
  const shared = useContext(Context);
  if (shared === null) throw new Error("Place this component inside of <OnSwiftProvider>.");
  return shared;
}

/** The client of the provider. */
export const useOnSwift = (): OnSwift => useShared().onswift;

/**
 * The options of every read, for the hooks of TanStack Query.
 *
 * @example
 * ```tsx
 * const queries = useOnSwiftQueries();
 * const { data: project } = useQuery(queries.projects.get(projectId));
 * const { data, fetchNextPage } = useInfiniteQuery(queries.messages.pages(conversationId));
 * data?.items.map(({ content }) => content);
 * ```
 */
export const useOnSwiftQueries = (): OnSwiftQueries => useShared().queries;

/** The session: `undefined` until it is read from the storage, `null` if no user is signed in. */
export const useSession = (): Session | null | undefined => useShared().session;
