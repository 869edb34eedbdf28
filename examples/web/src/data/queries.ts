import type {
  AnalyticsRange,
  CalendarRange,
  DeliverableFilter,
  NotificationFilter,
  ProjectFilter,
  TalentFilter,
  TaskFilter,
} from "@onswift/sdk";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { onswift } from "../app/onswift.ts";

/**
 * Every read of the app, each with its key. Keys begin with what they are about, so that an event can
 * invalidate all lists of one thing at once.
 */
export const me = () =>
  queryOptions({
    queryKey: ["me"],
    queryFn: ({ signal }) => onswift.users.me({ signal }).orThrow(),
  });

export const skills = () =>
  queryOptions({
    queryKey: ["skills"],
    queryFn: ({ signal }) => onswift.users.skills({ signal }).orThrow(),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const talents = (filter: TalentFilter) =>
  queryOptions({
    queryKey: ["talents", filter],
    queryFn: ({ signal }) => onswift.users.search(filter, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const talent = (id: string) =>
  queryOptions({
    queryKey: ["talent", id],
    queryFn: ({ signal }) => onswift.users.get(id, { signal }).orThrow(),
  });

export const reviews = (userId: string, page: number) =>
  queryOptions({
    queryKey: ["reviews", userId, page],
    queryFn: ({ signal }) =>
      onswift.reviews.list(userId, { page, limit: 10 }, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const projects = (filter: ProjectFilter = {}) =>
  queryOptions({
    queryKey: ["projects", filter],
    queryFn: ({ signal }) => onswift.projects.list(filter, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const project = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: ({ signal }) => onswift.projects.get(id, { signal }).orThrow(),
  });

export const boardTasks = (projectId: string) =>
  queryOptions({
    queryKey: ["tasks", "board", projectId],
    queryFn: ({ signal }) =>
      onswift.tasks.list(projectId, { limit: 100, sort: "dueDate" }, { signal }).orThrow(),
  });

export const task = (projectId: string, taskId: string) =>
  queryOptions({
    queryKey: ["tasks", "one", taskId],
    queryFn: ({ signal }) => onswift.tasks.get(projectId, taskId, { signal }).orThrow(),
  });

export const myTasks = (filter: TaskFilter) =>
  queryOptions({
    queryKey: ["tasks", "mine", filter],
    queryFn: ({ signal }) => onswift.tasks.list(filter, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const samples = (projectId: string) =>
  queryOptions({
    queryKey: ["samples", projectId],
    queryFn: ({ signal }) => onswift.samples.list(projectId, { limit: 50 }, { signal }).orThrow(),
  });

export const deliverables = (filter: DeliverableFilter) =>
  queryOptions({
    queryKey: ["deliverables", filter],
    queryFn: ({ signal }) => onswift.deliverables.list(filter, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const deliverable = (id: string) =>
  queryOptions({
    queryKey: ["deliverable", id],
    queryFn: ({ signal }) => onswift.deliverables.get(id, { signal }).orThrow(),
    // A file can be shown once its scan has finished; no event announces that.
    refetchInterval: ({ state }) =>
      state.data?.versions.some(({ files }) => files.some((file) => file.scanStatus === "pending"))
        ? 2000
        : false,
  });

/** A URL works for an hour, so it is asked for again before that. */
export const fileUrl = (fileId: string) =>
  queryOptions({
    queryKey: ["fileUrl", fileId],
    queryFn: ({ signal }) => onswift.files.downloadUrl(fileId, { signal }).orThrow(),
    staleTime: 50 * 60_000,
    gcTime: 50 * 60_000,
  });

export const conversations = () =>
  queryOptions({
    queryKey: ["conversations"],
    queryFn: ({ signal }) => onswift.conversations.list({ limit: 50 }, { signal }).orThrow(),
  });

export const conversation = (id: string) =>
  queryOptions({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => onswift.conversations.get(id, { signal }).orThrow(),
  });

/** The newest message that the other person has read, as far as events of this visit told. */
export const seen = (conversationId: string, userId: string) =>
  queryOptions({
    queryKey: ["seen", conversationId, userId],
    queryFn: (): string | null => null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });

export const messages = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: ["messages", conversationId],
    queryFn: ({ pageParam, signal }) =>
      onswift.messages.list(conversationId, { limit: 50, before: pageParam }, { signal }).orThrow(),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.hasMore ? page.messages.at(-1)?.id : undefined),
  });

export const notifications = (filter: NotificationFilter) =>
  queryOptions({
    queryKey: ["notifications", filter],
    queryFn: ({ signal }) => onswift.notifications.list(filter, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const preferences = () =>
  queryOptions({
    queryKey: ["preferences"],
    queryFn: ({ signal }) => onswift.notifications.preferences({ signal }).orThrow(),
  });

export const calendar = (range: CalendarRange) =>
  queryOptions({
    queryKey: ["calendar", range],
    queryFn: ({ signal }) => onswift.calendar.get(range, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const calendarLink = () =>
  queryOptions({
    queryKey: ["calendarLink"],
    queryFn: ({ signal }) => onswift.calendar.getLink({ signal }).orThrow(),
  });

export const analytics = (range: AnalyticsRange) =>
  queryOptions({
    queryKey: ["analytics", range],
    queryFn: ({ signal }) => onswift.analytics.me(range, { signal }).orThrow(),
    placeholderData: keepPreviousData,
  });

export const sessions = () =>
  queryOptions({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => onswift.auth.sessions.list({ signal }).orThrow(),
  });

export const securityLog = () =>
  queryOptions({
    queryKey: ["securityLog"],
    queryFn: ({ signal }) => onswift.auth.securityLog({ limit: 10 }, { signal }).orThrow(),
  });

export const blocks = () =>
  queryOptions({
    queryKey: ["blocks"],
    queryFn: ({ signal }) => onswift.users.blocks({ signal }).orThrow(),
  });
