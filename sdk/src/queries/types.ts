import type {
  DataTag,
  InfiniteData,
  UnusedSkipTokenInfiniteOptions,
  UnusedSkipTokenOptions,
} from "@tanstack/react-query";
import type { OnSwiftError } from "../core/errors.ts";
import type * as analytics from "../types/analytics.ts";
import type * as auth from "../types/auth.ts";
import type * as calendar from "../types/calendar.ts";
import type * as conversations from "../types/conversations.ts";
import type * as deliverables from "../types/deliverables.ts";
import type * as files from "../types/files.ts";
import type * as messages from "../types/messages.ts";
import type * as mfa from "../types/mfa.ts";
import type * as notifications from "../types/notifications.ts";
import type * as projects from "../types/projects.ts";
import type * as reviews from "../types/reviews.ts";
import type * as samples from "../types/samples.ts";
import type * as tasks from "../types/tasks.ts";
import type * as users from "../types/users.ts";
import type { OnSwiftKey } from "./keys.ts";

/** The options of a read, for `useQuery`, `useSuspenseQuery`, `prefetchQuery` and the like. */
export type Query<Data> = UnusedSkipTokenOptions<Data, OnSwiftError, Data, OnSwiftKey> & {
  readonly queryKey: DataTag<OnSwiftKey, Data, OnSwiftError>;
};

/** Where a page of a list begins. */
export type PageStart = Readonly<Record<string, unknown>>;

/** All loaded pages of a list. */
export interface Pages<Page, Item> extends InfiniteData<Page, PageStart> {
  /** The items of all pages, each once. */
  readonly items: readonly Item[];
}

/** The options of a list whose pages are loaded one by one, for `useInfiniteQuery` and the like. */
export type PagedQuery<Page, Item> = UnusedSkipTokenInfiniteOptions<
  Page,
  OnSwiftError,
  Pages<Page, Item>,
  OnSwiftKey,
  PageStart
> & {
  readonly queryKey: DataTag<OnSwiftKey, InfiniteData<Page, PageStart>, OnSwiftError>;
  readonly initialPageParam: PageStart;
  getNextPageParam(page: Page): PageStart | undefined;
};

/** A list, as one page (`list`) or page by page (`pages`). Both accept the filter of the SDK's method. */
export interface ListOf<Before extends readonly unknown[], Filter, Page, Item> {
  list(...args: [...Before, filter?: Filter]): Query<Page>;
  pages(...args: [...Before, filter?: Filter]): PagedQuery<Page, Item>;
}

/** Every read of the SDK, under the name that it has there. */
export interface OnSwiftQueries {
  readonly auth: {
    sessions(): Query<auth.SessionList>;
    /** The second factors: `auth.mfa.listFactors`. */
    factors(): Query<mfa.FactorList>;
    securityLog(filter?: {
      readonly limit?: number | undefined;
    }): PagedQuery<auth.SecurityEventList, auth.SecurityEvent>;
  };
  readonly users: {
    me(): Query<users.Me>;
    get(userId: string): Query<users.PublicProfile>;
    skills(): Query<users.SkillList>;
    blocks(): Query<users.BlockList>;
    search(filter?: users.TalentFilter): Query<users.TalentList>;
    /** The talents that a search finds, page by page. */
    searchPages(filter?: users.TalentFilter): PagedQuery<users.TalentList, users.FoundTalent>;
  };
  readonly projects: ListOf<[], projects.ProjectFilter, projects.ProjectList, projects.Project> & {
    get(projectId: string): Query<projects.Project>;
  };
  readonly tasks: ListOf<[], tasks.TaskFilter, tasks.TaskList, tasks.Task> &
    ListOf<[projectId: string], tasks.ProjectTaskFilter, tasks.TaskList, tasks.Task> & {
      get(projectId: string, taskId: string): Query<tasks.Task>;
    };
  readonly deliverables: ListOf<
    [],
    deliverables.DeliverableFilter,
    deliverables.DeliverableList,
    deliverables.Deliverable
  > & {
    get(deliverableId: string): Query<deliverables.DeliverableHistory>;
  };
  readonly files: {
    /** A URL works for an hour; after 50 minutes, the next use loads another. With `image`, that of a smaller image. */
    downloadUrl(
      fileId: string,
      options?: Pick<files.DownloadOptions, "image">,
    ): Query<files.DownloadUrl>;
  };
  readonly samples: ListOf<
    [projectId: string],
    samples.SampleFilter,
    samples.SampleList,
    samples.Sample
  >;
  readonly conversations: ListOf<
    [],
    conversations.ConversationFilter,
    conversations.ConversationList,
    conversations.Conversation
  > & {
    get(conversationId: string): Query<conversations.Conversation>;
  };
  readonly messages: ListOf<
    [conversationId: string],
    messages.MessageFilter,
    messages.MessageList,
    messages.Message
  >;
  readonly reviews: ListOf<
    [userId: string],
    reviews.ReviewFilter,
    reviews.ReviewList,
    reviews.PublicReview
  >;
  readonly calendar: {
    get(range?: calendar.CalendarRange): Query<calendar.Calendar>;
    getLink(): Query<calendar.CurrentCalendarLink>;
  };
  readonly analytics: {
    me(range?: analytics.AnalyticsRange): Query<analytics.Analytics>;
    audit(
      filter?: analytics.AuditFilter,
    ): PagedQuery<analytics.AuditEventList, analytics.AuditEvent>;
  };
  readonly notifications: ListOf<
    [],
    notifications.NotificationFilter,
    notifications.NotificationList,
    notifications.Notification
  > & {
    preferences(): Query<notifications.NotificationPreferences>;
  };
}
