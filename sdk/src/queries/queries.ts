import type { OnSwift } from "../client.ts";
import type { Call } from "../core/result.ts";
import type { DownloadOptions } from "../types/files.ts";
import { type Area, keyOf } from "./keys.ts";
import { itemsOf, nextStart } from "./pages.ts";
import type { OnSwiftQueries, PageStart } from "./types.ts";

type Method = (...args: readonly unknown[]) => Call<unknown>;
type Context = { readonly signal: AbortSignal; readonly pageParam: PageStart };

/** The SDK retries by itself, and reports at once that there is no network. */
const bySdk = { retry: false, networkMode: "always" } as const;

/**
 * The options of every read, for TanStack Query: `useQuery(queries.projects.get(id))`. They need neither React nor a
 * provider, so a server can prefetch with them too.
 *
 * @example
 * ```ts
 * const queries = queriesOf(onswift);
 * await queryClient.prefetchQuery(queries.projects.list({ status: "in-progress" }));
 * ```
 */
export function queriesOf(onswift: OnSwift): OnSwiftQueries {
  /** A read with `count` arguments before its options. */
  const read =
    (area: Area, name: string, count: number, method = methodOf(onswift, area, name)) =>
    (...args: readonly unknown[]) => ({
      ...bySdk,
      queryKey: keyOf(area, name, ...args),
      queryFn: ({ signal }: Context) => method(...padded(args, count), { signal }).orThrow(),
    });

  /** A list whose filter comes after `count` other arguments. */
  const pages =
    (area: Area, name: string, count: number, key = "pages") =>
    (...args: readonly unknown[]) => {
      const before = args.slice(0, count);
      const filter = args[count] as object | undefined;
      return {
        ...bySdk,
        queryKey: keyOf(area, key, ...args),
        queryFn: ({ signal, pageParam }: Context) =>
          methodOf(onswift, area, name)(
            ...before,
            { ...filter, ...pageParam },
            { signal },
          ).orThrow(),
        initialPageParam: {},
        getNextPageParam: (page: object) => nextStart(page, filter),
        select: (data: { readonly pages: readonly object[] }) => ({
          ...data,
          items: [...new Map(data.pages.flatMap(itemsOf).map((item) => [item.id, item])).values()],
        }),
      };
    };
  const list = (area: Area, count = 0) => ({
    list: read(area, "list", count + 1),
    pages: pages(area, "list", count),
  });
  const { sessions, mfa } = onswift.auth;
  const tasks = [list("tasks"), list("tasks", 1)] as const;
  const tasksOf = (first: unknown) => tasks[typeof first === "string" ? 1 : 0];

  return {
    auth: {
      sessions: read("auth", "sessions", 0, sessions.list.bind(sessions) as Method),
      factors: read("auth", "factors", 0, mfa.listFactors.bind(mfa) as Method),
      securityLog: pages("auth", "securityLog", 0, "securityLog"),
    },
    users: {
      me: read("users", "me", 0),
      get: read("users", "get", 1),
      skills: read("users", "skills", 0),
      blocks: read("users", "blocks", 0),
      search: read("users", "search", 1),
      searchPages: pages("users", "search", 0, "searchPages"),
    },
    projects: { ...list("projects"), get: read("projects", "get", 1) },
    tasks: {
      list: (...args: readonly unknown[]) => tasksOf(args[0]).list(...args),
      pages: (...args: readonly unknown[]) => tasksOf(args[0]).pages(...args),
      get: read("tasks", "get", 2),
    },
    deliverables: { ...list("deliverables"), get: read("deliverables", "get", 1) },
    files: {
      downloadUrl: (fileId: string, ...size: readonly Pick<DownloadOptions, "image">[]) => ({
        ...bySdk,
        queryKey: keyOf("files", "downloadUrl", fileId, ...size),
        queryFn: ({ signal }: Context) =>
          onswift.files.downloadUrl(fileId, { ...size[0], signal }).orThrow(),
        staleTime: urlMs,
        gcTime: urlMs,
      }),
    },
    samples: list("samples", 1),
    conversations: {
      ...list("conversations"),
      get: read("conversations", "get", 1),
    },
    messages: list("messages", 1),
    reviews: list("reviews", 1),
    calendar: { get: read("calendar", "get", 1), getLink: read("calendar", "getLink", 0) },
    analytics: { me: read("analytics", "me", 1), audit: pages("analytics", "audit", 0, "audit") },
    notifications: {
      ...list("notifications"),
      preferences: read("notifications", "preferences", 0),
    },
  } as unknown as OnSwiftQueries;
}

const urlMs = 50 * 60_000;

const methodOf = (onswift: OnSwift, area: Area, name: string): Method => {
  const namespace = onswift[area] as unknown as Readonly<Record<string, Method>>;
  return (...args) => (namespace[name] as Method)(...args);
};

/** Options come last, also where arguments are left out. */
const padded = (args: readonly unknown[], count: number): readonly unknown[] =>
  Array.from({ length: count }, (_, place) => args[place]);
