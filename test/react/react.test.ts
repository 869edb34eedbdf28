import { QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createClient, type OnSwift } from "../../sdk/src/index.ts";
import {
  isPending,
  keepLive,
  keyOf,
  queriesOf,
  useAction,
  useMarkRead,
  useMe,
  useOnSwiftQueries,
  usePresence,
  useRealtime,
  useRealtimeStatus,
  useSendMessage,
  useSession,
  useTyping,
  useUpload,
} from "../../sdk/src/react.ts";
import { movie } from "../sdk/movie.ts";
import { person, type Team, target, team, visitor } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { optionsFor } from "../world/through-sdk.ts";
import { show as draw, type Screen } from "./screen.ts";

let world: Team;
let conversationId: string;
const screens: Screen<unknown>[] = [];
/** Draws a hook as one of the two people, until the test has ended. */
function show<Value>(...args: Parameters<typeof draw<Value>>): Screen<Value> {
  const screen = draw(...args);
  screens.push(screen);
  return screen;
}

beforeAll(async () => {
  world = await team();
  const { creator, talent } = world;
  conversationId = (await creator.onswift.conversations.open(talent.id).orThrow()).id;
});
afterEach(async () => {
  for (const screen of screens.splice(0)) await screen.close();
});

describe("reads", () => {
  test("the session and the profile come from the provider's client", async () => {
    const { now } = show(world.creator.onswift, () => null);
    expect(now).toBeUndefined();
    const screen = show(world.creator.onswift, () => ({ session: useSession(), me: useMe() }));
    await expect.poll(() => screen.now?.me.data?.userType).toBe("creator");
    expect(screen.now.session?.user.id).toBe(world.creator.id);
  });

  test("without a session nothing is loaded, and a sign-out empties the cache", async () => {
    const stranger = show(visitor(), () => ({ session: useSession(), me: useMe() }));
    await expect.poll(() => stranger.now?.session).toBeNull();
    expect(stranger.now.me.fetchStatus).toBe("idle");

    const { onswift } = await person("creator");
    const screen = show(onswift, () => ({ session: useSession(), me: useMe() }));
    await expect.poll(() => screen.now?.me.data).toBeDefined();
    await onswift.auth.signOut().orThrow();
    await expect.poll(() => screen.now?.session).toBeNull();
    expect(screen.cache.getQueriesData({ queryKey: keyOf("users") })).toMatchObject([
      [keyOf("users", "me"), undefined],
    ]);
  });

  test("what one user has loaded is not for one who comes while nothing keeps the cache in step", async () => {
    const { onswift } = await person("creator");
    const cache = new QueryClient();
    const me = () => cache.getQueryData(keyOf("users", "me"));
    // Listeners hear of the session in the order in which they were added.
    const during = async (client: OnSwift, work: () => unknown) => {
      const live = keepLive(client, cache);
      await new Promise<void>((resolve) => {
        const stop = client.auth.onChange(() => {
          resolve();
          stop();
        });
      });
      await work();
      live.stop();
    };
    await during(onswift, () => cache.fetchQuery(queriesOf(onswift).users.me()));
    await during(onswift, () => expect(me()).toBeDefined());
    await during(world.talent.onswift, () => expect(me()).toBeUndefined());

    await during(onswift, () => cache.fetchQuery(queriesOf(onswift).users.me()));
    await onswift.auth.signOut().orThrow();
    await during(onswift, () => expect(me()).toBeUndefined());
  });

  test("a session that is read already is there from the first render", async () => {
    const { onswift, id } = world.creator;
    const session = await onswift.auth.getSession().orThrow();
    const seen: unknown[] = [];
    show(onswift, () => seen.push(useSession()?.user.id), session ?? undefined);
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    expect(seen[0]).toBe(id);
  });

  test("a query has the key and the arguments of its method", async () => {
    const { projectId, taskId, creator } = world;
    const screen = show(creator.onswift, () => {
      const { projects, tasks } = useOnSwiftQueries();
      return {
        project: useQuery(projects.get(projectId)),
        task: useQuery(tasks.get(projectId, taskId)),
        all: useQuery(tasks.list({ status: "planning" })),
        ofProject: useQuery(tasks.list(projectId, { status: "completed" })),
        missing: useQuery(projects.get("00000000-0000-4000-8000-000000000000")),
      };
    });
    const loaded = () => Object.values(screen.now ?? {}).map(({ isFetched }) => isFetched);
    await expect.poll(loaded).toEqual([true, true, true, true, true]);
    expect(screen.now.missing.error?.code).toBe("NOT_FOUND");
    expect(screen.now.ofProject.data?.tasks).toEqual([]);
    expect(screen.now.project.data?.id).toBe(projectId);
    expect(screen.now.task.data?.id).toBe(taskId);
    expect(screen.now.all.data?.tasks.map(({ id }) => id)).toEqual([taskId]);
    expect(screen.cache.getQueryData(keyOf("projects", "get", projectId))).toBeDefined();
  });

  test("every read loads", async () => {
    const { projectId, talent, creator } = world;
    const screen = show(creator.onswift, () => {
      const q = useOnSwiftQueries();
      const one = [
        useQuery(q.auth.sessions()),
        useQuery(q.auth.factors()),
        useQuery(q.users.get(talent.id)),
        useQuery(q.users.skills()),
        useQuery(q.users.blocks()),
        useQuery(q.users.search()),
        useQuery(q.projects.list()),
        useQuery(q.deliverables.list()),
        useQuery(q.samples.list(projectId)),
        useQuery(q.conversations.list()),
        useQuery(q.conversations.get(conversationId)),
        useQuery(q.messages.list(conversationId)),
        useQuery(q.reviews.list(talent.id)),
        useQuery(q.calendar.get()),
        useQuery(q.calendar.getLink()),
        useQuery(q.analytics.me()),
        useQuery(q.notifications.list({ isRead: false })),
        useQuery(q.notifications.preferences()),
      ];
      const paged = [
        useInfiniteQuery(q.auth.securityLog()),
        useInfiniteQuery(q.users.searchPages({ limit: 2 })),
        useInfiniteQuery(q.projects.pages()),
        useInfiniteQuery(q.tasks.pages()),
        useInfiniteQuery(q.tasks.pages(projectId)),
        useInfiniteQuery(q.deliverables.pages()),
        useInfiniteQuery(q.samples.pages(projectId)),
        useInfiniteQuery(q.conversations.pages()),
        useInfiniteQuery(q.messages.pages(conversationId)),
        useInfiniteQuery(q.reviews.pages(talent.id)),
        useInfiniteQuery(q.analytics.audit()),
        useInfiniteQuery(q.notifications.pages()),
      ];
      return [...one, ...paged].map(({ status, error }) => error?.message ?? status);
    });
    const expected = Array.from({ length: 30 }, () => "success");
    await expect.poll(() => screen.now).toEqual(expected);
  });

  test("pages are loaded one by one, and items has those of all pages once", async () => {
    const { onswift } = await person("creator");
    const names = ["A", "B", "C", "D", "E"];
    for (const name of names) {
      await onswift.projects.create({ name, description: "x", dueDate: inDays(9) }).orThrow();
    }
    const screen = show(onswift, () =>
      useInfiniteQuery(useOnSwiftQueries().projects.pages({ limit: 2, sort: "name" })),
    );
    const shown = () => screen.now?.data?.items.map(({ name }) => name);
    await expect.poll(shown).toEqual(["A", "B"]);
    await screen.now.fetchNextPage();
    // A project that moves to the second page is not shown twice.
    await onswift.projects.create({ name: "0", description: "x", dueDate: inDays(9) }).orThrow();
    await screen.now.fetchNextPage();
    await expect.poll(shown).toEqual(["A", "B", "C", "D", "E"]);
    expect(screen.now.hasNextPage).toBe(false);
  });
});

describe("two people in step", () => {
  const chat = (id: string) => {
    const queries = useOnSwiftQueries();
    const messages = useInfiniteQuery(queries.messages.pages(id));
    const conversations = useQuery(queries.conversations.list());
    const { send, error } = useSendMessage(id);
    const markRead = useMarkRead(id);
    const conversation = useQuery(queries.conversations.get(id)).data;
    return {
      messages,
      conversations,
      send,
      error,
      markRead,
      conversation,
      status: useRealtimeStatus(),
    };
  };
  const both = async () => {
    const { creator, talent } = world;
    const mine = show(creator.onswift, () => chat(conversationId));
    const theirs = show(talent.onswift, () => chat(conversationId));
    for (const screen of [mine, theirs]) {
      await expect.poll(() => screen.now?.messages.isSuccess).toBe(true);
      await expect.poll(() => screen.now.conversations.isSuccess).toBe(true);
      await expect.poll(() => screen.now.status).toBe("live");
    }
    return { mine, theirs };
  };
  const newest = (screen: { now: ReturnType<typeof chat> }) => screen.now.messages.data?.items[0];

  test("a message is shown at once, and then to the other person with its count", async () => {
    const { mine, theirs } = await both();
    const before = theirs.now.conversations.data?.conversations[0]?.unreadCount ?? 0;
    mine.now.send("  Hello  ");
    await expect.poll(() => newest(mine)?.content).toBe("Hello");
    const shown = newest(mine);
    await expect.poll(() => newest(theirs)?.content).toBe("Hello");
    await expect.poll(() => newest(mine)?.id !== shown?.clientMessageId).toBe(true);
    expect(newest(mine)?.clientMessageId).toBe(shown?.clientMessageId);
    expect(newest(mine)?.id).toBe(newest(theirs)?.id);
    const unread = () => theirs.now.conversations.data?.conversations[0]?.unreadCount;
    await expect.poll(unread).toBe(before + 1);
  });

  test("a message is pending until it is sent, and is removed if it cannot be", async () => {
    const { mine } = await both();
    const count = mine.now.messages.data?.items.length ?? 0;
    const seen: boolean[] = [];
    const stop = mine.cache.getQueryCache().subscribe(() => {
      const { pages = [] } =
        mine.cache.getQueryData<{ pages: { messages: never[] }[] }>(
          keyOf("messages", "pages", conversationId),
        ) ?? {};
      seen.push(pages.flatMap(({ messages }) => messages).some(isPending));
    });
    mine.now.send("x".repeat(5_001));
    await expect.poll(() => mine.now.error?.code).toBe("VALIDATION_ERROR");
    stop();
    expect(seen).toContain(true);
    expect(seen.at(-1)).toBe(false);
    expect(mine.now.messages.data?.items).toHaveLength(count);
  });

  test("messages keep the order in which they were sent", async () => {
    const { mine, theirs } = await both();
    for (const text of ["1", "2", "3"]) mine.now.send(text);
    const last = () => theirs.now.messages.data?.items.slice(0, 3).map(({ content }) => content);
    await expect.poll(last).toEqual(["3", "2", "1"]);
  });

  test("a message that waits is not sent as the user who signs in meanwhile", async () => {
    const { creator, talent } = world;
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow = createClient({
      ...optionsFor(target),
      fetch: async (input, init) => {
        if (String(input).includes("rpc/send_message")) await held;
        return fetch(input, init);
      },
    });
    await slow.auth.signIn({ email: creator.email, password }).orThrow();
    const mine = show(slow, () => chat(conversationId));
    await expect.poll(() => mine.now?.messages.isSuccess).toBe(true);
    await expect.poll(() => mine.now.conversations.isSuccess).toBe(true);
    mine.now.send("Before the switch");
    mine.now.send("Too late");
    await slow.auth.signIn({ email: talent.email, password }).orThrow();
    letGo();
    await expect.poll(() => mine.now.error?.code).toBe("ABORTED");
    const { messages } = await talent.onswift.messages.list(conversationId).orThrow();
    expect(messages.map(({ content }) => content)).not.toContain("Too late");
  });

  test("an edit and a deletion reach the other person", async () => {
    const { mine, theirs } = await both();
    mine.now.send("First");
    await expect.poll(() => newest(theirs)?.content).toBe("First");
    const { id = "" } = newest(theirs) ?? {};
    const { messages } = world.creator.onswift;
    await messages.edit(conversationId, id, "Second").orThrow();
    await expect.poll(() => newest(theirs)?.content).toBe("Second");
    await messages.delete(conversationId, id).orThrow();
    await expect.poll(() => newest(theirs)?.content).toBeNull();
  });

  test("a conversation is read at once for the reader, and then for the sender", async () => {
    const { mine, theirs } = await both();
    mine.now.send("Read me");
    await expect.poll(() => newest(theirs)?.content).toBe("Read me");
    const unread = () => theirs.now.conversations.data?.conversations[0]?.unreadCount;
    await expect.poll(unread).toBeGreaterThan(0);
    const { id = "" } = newest(theirs) ?? {};
    theirs.now.markRead.mutate(id);
    await expect.poll(unread).toBe(0);
    await expect.poll(() => mine.now.conversation?.lastRead?.messageId).toBe(id);
    expect(mine.now.conversations.data?.conversations[0]?.lastRead?.messageId).toBe(id);
    expect(theirs.now.conversation?.lastRead?.messageId).not.toBe(id);
  });

  test("presence and typing of the other person", async () => {
    const room = () => ({ members: usePresence(conversationId), ...useTyping(conversationId) });
    const mine = show(world.creator.onswift, room);
    const theirs = show(world.talent.onswift, room);
    const { creator, talent } = world;
    const other = () => mine.now?.members;
    await expect.poll(other).toEqual([{ userId: talent.id, status: "online" }]);
    await expect.poll(() => theirs.now.members[0]?.userId).toBe(creator.id);
    theirs.now.typing();
    await expect.poll(() => mine.now.isTyping).toBe(true);
    theirs.now.typing(false);
    await expect.poll(() => mine.now.isTyping).toBe(false);
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new window.Event("visibilitychange"));
    await expect.poll(other).toEqual([{ userId: talent.id, status: "away" }]);
    Reflect.deleteProperty(document, "visibilityState");
    await theirs.close();
    await expect.poll(other).toEqual([]);
  });

  test("a changed status reaches the lists of the creator", async () => {
    const { creator, talent, projectId, taskId } = world;
    const mine = show(creator.onswift, () => {
      const queries = useOnSwiftQueries();
      const status = useRealtimeStatus();
      return { status, tasks: useQuery(queries.tasks.list(projectId)) };
    });
    const events: string[] = [];
    const theirs = show(talent.onswift, () => {
      useRealtime("task:status_changed", ({ status }) => events.push(status));
      return useAction(
        (onswift, status: "in-progress") => onswift.tasks.setStatus(projectId, taskId, status),
        ["tasks"],
      );
    });
    const shown = () => mine.now?.tasks.data?.tasks[0]?.status;
    await expect.poll(shown).toBe("planning");
    await expect.poll(() => mine.now.status).toBe("live");
    theirs.now.mutate("in-progress");
    await expect.poll(shown).toBe("in-progress");
    expect(events).toEqual([]);
  });
});

describe("actions", () => {
  test("an action loads what it changes again, in other tabs too", async () => {
    const { onswift } = await person("creator");
    const list = () => useQuery(useOnSwiftQueries().projects.list());
    const create = { name: "New", description: "x", dueDate: inDays(9) };
    const here = show(onswift, () => ({
      list: list(),
      action: useAction((client, _: null) => client.projects.create(create), ["projects"]),
    }));
    const otherTab = show(onswift, list);
    await expect.poll(() => here.now?.list.data?.projects).toEqual([]);
    await expect.poll(() => otherTab.now?.data?.projects).toEqual([]);
    here.now.action.mutate(null);
    await expect.poll(() => here.now.list.data?.projects.length).toBe(1);
    await expect.poll(() => otherTab.now.data?.projects.length).toBe(1);
  });

  test("an action that is started twice, as by a double click, runs once", async () => {
    const { onswift } = await person("creator");
    const create = (name: string) => ({ name, description: "x", dueDate: inDays(9) });
    const screen = show(onswift, () =>
      useAction(
        (client, input: ReturnType<typeof create>) => client.projects.create(input),
        ["projects"],
      ),
    );
    await expect.poll(() => screen.now?.status).toBe("idle");
    const [first, second, other, third] = await Promise.all(
      ["One", "One", "Two", "One"].map((name) => screen.now.mutateAsync(create(name))),
    );
    expect(second?.id).toBe(first?.id);
    expect(new Set([first, other, third].map((project) => project?.id)).size).toBe(3);
    // When it has ended, the same input is a new action.
    await screen.now.mutateAsync(create("One"));
    const { projects } = await onswift.projects.list({ sort: "name" }).orThrow();
    expect(projects.map(({ name }) => name)).toEqual(["One", "One", "One", "Two"]);
  });

  test("two files with the same words are two inputs", async () => {
    const { creator } = world;
    const files: unknown[] = [];
    const screen = show(creator.onswift, () =>
      useAction((client, file: Blob) => {
        files.push(file);
        return client.users.me();
      }, []),
    );
    await expect.poll(() => screen.now?.status).toBe("idle");
    const [one, other] = [new Blob(["a"]), new Blob(["b"])];
    await Promise.all([one, one, other].map((file) => screen.now.mutateAsync(file)));
    expect(files).toEqual([one, other]);
    expect(files).toHaveLength(2);
  });

  test("the onSuccess of an action runs before anything is loaded again", async () => {
    const { onswift } = await person("creator");
    const project = await onswift.projects
      .create({ name: "Gone", description: "x", dueDate: inDays(9) })
      .orThrow();
    const order: string[] = [];
    const screen = show(onswift, () => {
      const list = useQuery(useOnSwiftQueries().projects.list());
      const remove = useAction((client) => client.projects.delete(project.id), ["projects"], {
        onMutate: () => "before",
        onSuccess: (_data, _input, before) => {
          order.push(`${before}, ${list.data?.projects.length}`);
        },
      });
      return { list, remove };
    });
    await expect.poll(() => screen.now?.list.data?.projects.length).toBe(1);
    screen.now.remove.mutate();
    await expect.poll(() => screen.now.list.data?.projects.length).toBe(0);
    expect(order).toEqual(["before, 1"]);
  });

  test("an upload has progress, can be paused and aborted, and ends with its component", async () => {
    const { creator, projectId } = world;
    const outcome: (string | undefined)[] = [];
    const upload = (size: number) => {
      const file = { name: "film.mp4", data: new Uint8Array(movie(size)) };
      const sample = { type: "file", name: "Film", file } as const;
      return () =>
        useUpload((onswift) => onswift.samples.add(projectId, sample), ["samples"], {
          onError: ({ code }) => void outcome.push(code),
        });
    };
    const small = show(creator.onswift, upload(1_000));
    await expect.poll(() => small.now?.status).toBe("idle");
    expect(small.now.progress).toBeNull();
    small.now.mutate();
    await expect.poll(() => small.now.data?.name).toBe("Film");
    expect(small.now.progress?.loaded).toBe(small.now.progress?.total);

    const large = show(creator.onswift, upload(30_000_000));
    await expect.poll(() => large.now?.status).toBe("idle");
    large.now.mutate();
    await expect.poll(() => large.now.progress !== null).toBe(true);
    large.now.pause();
    await expect.poll(() => large.now.isPaused).toBe(true);
    large.now.resume();
    await expect.poll(() => large.now.isPaused).toBe(false);
    large.now.abort();
    await expect.poll(() => large.now.error?.code).toBe("ABORTED");

    const left = show(creator.onswift, upload(30_000_000));
    await expect.poll(() => left.now?.status).toBe("idle");
    left.now.mutate();
    await expect.poll(() => left.now.progress !== null).toBe(true);
    await left.close();
    await expect.poll(() => outcome).toEqual(["ABORTED", "ABORTED"]);
  });

  test("every upload ends with its component, also one that starts in the same moment", async () => {
    const { creator, projectId } = world;
    const outcome: (string | undefined)[] = [];
    let started = 0;
    const screen = show(creator.onswift, () =>
      useUpload(
        (onswift, name: string) => {
          started++;
          const file = { name: `${name}.mp4`, data: new Uint8Array(movie(1_000)) };
          const task = onswift.samples.add(projectId, { type: "file", name, file });
          // Only an abort ends it.
          task.pause();
          return task;
        },
        ["samples"],
        { onSettled: (_, error) => void outcome.push(error?.code) },
      ),
    );
    await expect.poll(() => screen.now?.status).toBe("idle");
    screen.now.mutate("one");
    screen.now.mutate("two");
    await expect.poll(() => started).toBe(2);
    screen.now.mutate("three");
    await screen.close();
    await expect.poll(() => outcome.length).toBe(3);
    expect(outcome).toEqual(["ABORTED", "ABORTED", "ABORTED"]);
  });

  test("the error of an action is that of the SDK", async () => {
    const screen = show(world.talent.onswift, () =>
      useAction(
        (client, name: string) =>
          client.projects.create({ name, description: "x", dueDate: inDays(9) }),
        ["projects"],
      ),
    );
    await expect.poll(() => screen.now?.status).toBe("idle");
    screen.now.mutate("Mine");
    await expect.poll(() => screen.now.error?.code).toBe("CREATOR_ONLY");
  });
});
